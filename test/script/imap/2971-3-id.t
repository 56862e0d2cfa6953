# RFC 2971 sections 3.1 to 3.3: ID, before logon and after it
connect 1 imap
1= * OK *
1: a ID NIL
1= * ID ("name" "Bourse"*)
1= a OK *
1: b ID ("name" "test" "version" NIL)
1= * ID (*)
1= b OK *
1: c LOGIN $user $password
1= c OK *
1: d ID ("name" {lit:a literal})
1= * ID ("name" "Bourse"*)
1= d OK *
1: e ID
1= e BAD *
1: f ID ("name")
1= f BAD *
1: g ID ()
1= * ID (*)
1= g OK *
1: h LOGOUT
1* h OK *
