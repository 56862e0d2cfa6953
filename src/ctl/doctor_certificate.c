#include "ctl/doctor_certificate.h"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "ctl/doctor.h"
#include "io/file.h"

#define EVENT_CODE 7606 /* of src/directory/logon_event.tbl: certificate */
#define MEND "put a certificate for the host name into tls.certificate and tls.key of bourse.conf, then: bourse reload"

static X509 *certificate_at(const struct doctor_port *p)
{
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());
	SSL *tls = context != NULL ? SSL_new(context) : NULL;
	X509 *found = NULL;
	int fd = doctor_connect(p);

	if (fd >= 0 && tls != NULL && SSL_set_fd(tls, fd) == 1 && SSL_connect(tls) == 1)
		found = SSL_get1_peer_certificate(tls);
	SSL_free(tls);
	SSL_CTX_free(context);
	fd_close(&fd);
	return found;
}

static bool is_tls_port(const json_t *listener, struct doctor_port *ret)
{
	const char *address = json_string_value(json_object_get(listener, "address"));
	json_int_t port = json_integer_value(json_object_get(listener, "port"));

	if (address == NULL || !json_is_true(json_object_get(listener, "tls")) || port <= 0 || port > UINT16_MAX)
		return false;
	/* All addresses of a family: any will do. */
	if (strcmp(address, "0.0.0.0") == 0)
		address = "127.0.0.1";
	else if (strcmp(address, "::") == 0)
		address = "::1";
	*ret = (struct doctor_port){ .service = "tls", .address = address, .port = (unsigned)port, .tls = true };
	return true;
}

/* NULL: nothing is wrong with it. */
static const char *fault_of(X509 *c, const char *host, struct buf *detail)
{
	bool own = X509_NAME_cmp(X509_get_subject_name(c), X509_get_issuer_name(c)) == 0;

	if (X509_cmp_current_time(X509_get0_notAfter(c)) < 0) {
		buf_put_c(detail, "the server's certificate has expired");
		return MEND;
	}
	if (X509_cmp_current_time(X509_get0_notBefore(c)) > 0) {
		buf_put_c(detail, "the server's certificate is not in force yet, or a clock is wrong");
		return MEND;
	}
	if (host != NULL && X509_check_host(c, host, 0, 0, NULL) != 1) {
		buf_printf(detail, "the server's certificate does not name %s: programs refuse it", host);
		return MEND;
	}
	buf_printf(detail, own ? "names %s, but the server has signed it itself: programs ask their users" : "names %s", host ? host : "?");
	return NULL;
}

static json_t *row_of(X509 *c, const char *host)
{
	struct buf detail;
	const char *mend;
	json_t *row;

	buf_init(&detail, 1024);
	mend = fault_of(c, host, &detail);
	row = json_pack("{s:s,s:s,s:s%,s:s}", "step", "certificate names the host", "ok", mend == NULL ? "yes" : "no", "detail", detail.at,
		detail.len, "mend", mend == NULL ? "" : mend);
	if (mend != NULL) {
		json_object_set_new(row, "code", json_integer(EVENT_CODE));
		json_object_set_new(row, "event", json_string("certificate"));
	}
	buf_done(&detail);
	return row;
}

json_t *doctor_certificate(const json_t *status)
{
	const char *host = json_string_value(json_object_get(status, "host"));
	json_t *row = NULL, *listener;
	struct doctor_port p;
	size_t i;

	json_array_foreach(json_object_get(status, "listeners"), i, listener)
	{
		X509 *c = row == NULL && is_tls_port(listener, &p) ? certificate_at(&p) : NULL;

		if (c != NULL)
			row = row_of(c, host);
		X509_free(c);
	}
	return row;
}
