/* Verbs of application passwords and second factors. Declared by admin.tbl. */
#pragma once

#include "directory/admin_int.h"
