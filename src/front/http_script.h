/* The one script of the web service; its handler is declared with all others in http_session.h. */
#pragma once

#include "front/http_session.h"
