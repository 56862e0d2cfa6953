/* `doctor logon`, and what is asked of the audit trail. Declared by admin.tbl. */
#pragma once

#include "directory/admin_int.h"
