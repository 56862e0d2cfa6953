# RFC 8514 sections 3 and 4: SAVEDATE is the time at which the message came into this folder
logon 1 imap
1: a APPEND INBOX "17-Jul-1996 02:44:25 -0700" {lit:Subject: a\r\n\r\nb\r\n}
1= a OK *
1: b SELECT INBOX
1* b OK *
1: c FETCH 1 (INTERNALDATE SAVEDATE)
1= * 1 FETCH (INTERNALDATE "17-Jul-1996 09:44:25 +0000" SAVEDATE "*-20* +0000")
1= c OK *
1: d UID FETCH 1 SAVEDATE
1= * 1 FETCH (UID 1 SAVEDATE "*-20* +0000")
1= d OK *
1: e FETCH 1 (SAVEDATE (LAZY))
1= e BAD *
# section 4.3: the day of saving, not that of INTERNALDATE
1: f SEARCH SAVEDSINCE 17-Jul-2020
1= * SEARCH 1
1= f OK *
1: f2 SEARCH SAVEDBEFORE 17-Jul-2020
1= * SEARCH
1= f2 OK *
1: f3 SEARCH SAVEDON 17-Jul-1996
1= * SEARCH
1= f3 OK *
1: f4 SEARCH SAVEDATESUPPORTED SINCE 17-Jul-1996 BEFORE 18-Jul-1996
1= * SEARCH 1
1= f4 OK *
1: f5 SEARCH SAVEDON
1= f5 BAD *
# it is the copy's own
1: g COPY 1 Sent
1= g OK *
1: h SELECT Sent
1* h OK *
1: i FETCH 1 (INTERNALDATE SAVEDATE)
1= * 1 FETCH (INTERNALDATE "17-Jul-1996 09:44:25 +0000" SAVEDATE "*-20* +0000")
1= i OK *
1: j LOGOUT
1* j OK *
