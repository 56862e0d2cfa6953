/*
 * The pages of a virtual directory that shows public folders: /public (all of them), /public/3 (a folder, ?page=N), /public/3/17 (a
 * message), /public/3/17/2 (one of its parts, as a download), /public/3/17/eml (the message as it is). Mail is shown as text and nothing else;
 * of HTML the first words. What is downloaded is never opened by the browser as a page of ours. The store says what may be seen.
 */
#pragma once

#include "front/http_place.h"

/* A GET, by s->place->rest. */
enum step http_folder(struct http_session *s);
/* The folders, as s->place->rows has them. */
void http_folder_put_all(struct http_session *s);
