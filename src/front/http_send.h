/* What becomes of the form of a virtual directory: read, judged by the directory, made a message, parsed and kept as one that came by SMTP. */
#pragma once

#include "front/http_session.h"

/* A POST to a virtual directory that has a form. */
enum step http_send(struct http_session *s);
