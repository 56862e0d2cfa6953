/* `doctor logon` and `logon allow`. Declared by admin.tbl. */
#pragma once

#include "directory/admin_int.h"
