/*
 * A PAM module for the tests: accounts stand in a file, "name:password:state" a line. State is empty
 * or "change" or "expired" or "denied"; the password "hang" makes the module wait for ever.
 * auth required /path/pam_list.so /path/file
 */
#define PAM_SM_AUTH
#define PAM_SM_ACCOUNT
#include <security/pam_modules.h>

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <security/pam_ext.h>

static bool find(pam_handle_t *pam, const char *file, char *to, int room)
{
	const char *user = NULL;
	FILE *f = pam_get_user(pam, &user, NULL) == PAM_SUCCESS ? fopen(file, "r") : NULL;
	bool found = false;

	while (f != NULL && !found && fgets(to, room, f) != NULL)
		found = strncmp(to, user, strlen(user)) == 0 && to[strlen(user)] == ':';
	if (f != NULL)
		fclose(f);
	to[strcspn(to, "\n")] = '\0';
	return found;
}

int pam_sm_authenticate(pam_handle_t *pam, int flags, int argc, const char **argv)
{
	char line[256] = "", *password, *end;
	const char *given = NULL;
	bool found = argc == 1 && find(pam, argv[0], line, sizeof(line));

	if (pam_get_authtok(pam, PAM_AUTHTOK, &given, NULL) != PAM_SUCCESS || given == NULL)
		return PAM_AUTH_ERR;
	if (strcmp(given, "hang") == 0) {
		for (;;)
			sleep(1000);
	}
	if (!found)
		return PAM_USER_UNKNOWN;
	password = strchr(line, ':') + 1;
	end = strchr(password, ':');
	if (end == NULL)
		return PAM_SERVICE_ERR;
	*end = '\0';
	return strcmp(password, given) == 0 ? PAM_SUCCESS : PAM_AUTH_ERR;
}

int pam_sm_setcred(pam_handle_t *pam, int flags, int argc, const char **argv)
{
	return PAM_SUCCESS;
}

int pam_sm_acct_mgmt(pam_handle_t *pam, int flags, int argc, const char **argv)
{
	char line[256] = "";
	const char *state;

	if (argc != 1 || !find(pam, argv[0], line, sizeof(line)))
		return PAM_USER_UNKNOWN;
	state = strrchr(line, ':') + 1;
	if (strcmp(state, "change") == 0)
		return PAM_NEW_AUTHTOK_REQD;
	if (strcmp(state, "expired") == 0)
		return PAM_ACCT_EXPIRED;
	return strcmp(state, "denied") == 0 ? PAM_PERM_DENIED : PAM_SUCCESS;
}
