/* Verbs of the public store, of which there is one at most. Declared by admin.tbl. */
#pragma once

#include "directory/admin_int.h"
