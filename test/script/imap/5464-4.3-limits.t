# RFC 5464 sections 4.1 and 4.3: METADATA MAXSIZE and METADATA TOOMANY; a command that fails changes nothing
logon 1 imap
# 65536 octets are kept, one more is not
repeat 1 1- a SETMETADATA INBOX (/private/comment {65536+}\r\n
repeat 65536 1- x
1: )
1= a OK *
repeat 1 1- b SETMETADATA INBOX (/private/other "no" /private/comment {65537+}\r\n
repeat 65537 1- y
1: )
1= b NO [METADATA MAXSIZE 65536] *   ## ERR_VALUESIZE
1: c GETMETADATA (MAXSIZE 10) INBOX (/private/other /private/comment)
1= * METADATA INBOX (/private/other NIL)
1= c OK [METADATA LONGENTRIES 65536] *
# 100 entries of a folder
1: c2 SETMETADATA INBOX (/private/comment NIL)
1= c2 OK *
1- d SETMETADATA INBOX (/private/n "0"
1-  /private/e1 "1"
1-  /private/e2 "2"
1-  /private/e3 "3"
1-  /private/e4 "4"
1-  /private/e5 "5"
1-  /private/e6 "6"
1-  /private/e7 "7"
1-  /private/e8 "8"
1-  /private/e9 "9"
1-  /private/e10 "10"
1-  /private/e11 "11"
1-  /private/e12 "12"
1-  /private/e13 "13"
1-  /private/e14 "14"
1-  /private/e15 "15"
1-  /private/e16 "16"
1-  /private/e17 "17"
1-  /private/e18 "18"
1-  /private/e19 "19"
1-  /private/e20 "20"
1-  /private/e21 "21"
1-  /private/e22 "22"
1-  /private/e23 "23"
1-  /private/e24 "24"
1-  /private/e25 "25"
1-  /private/e26 "26"
1-  /private/e27 "27"
1-  /private/e28 "28"
1-  /private/e29 "29"
1-  /private/e30 "30"
1-  /private/e31 "31"
1-  /private/e32 "32"
1-  /private/e33 "33"
1-  /private/e34 "34"
1-  /private/e35 "35"
1-  /private/e36 "36"
1-  /private/e37 "37"
1-  /private/e38 "38"
1-  /private/e39 "39"
1-  /private/e40 "40"
1-  /private/e41 "41"
1-  /private/e42 "42"
1-  /private/e43 "43"
1-  /private/e44 "44"
1-  /private/e45 "45"
1-  /private/e46 "46"
1-  /private/e47 "47"
1-  /private/e48 "48"
1-  /private/e49 "49"
1-  /private/e50 "50"
1-  /private/e51 "51"
1-  /private/e52 "52"
1-  /private/e53 "53"
1-  /private/e54 "54"
1-  /private/e55 "55"
1-  /private/e56 "56"
1-  /private/e57 "57"
1-  /private/e58 "58"
1-  /private/e59 "59"
1-  /private/e60 "60"
1-  /private/e61 "61"
1-  /private/e62 "62"
1-  /private/e63 "63"
1-  /private/e64 "64"
1-  /private/e65 "65"
1-  /private/e66 "66"
1-  /private/e67 "67"
1-  /private/e68 "68"
1-  /private/e69 "69"
1-  /private/e70 "70"
1-  /private/e71 "71"
1-  /private/e72 "72"
1-  /private/e73 "73"
1-  /private/e74 "74"
1-  /private/e75 "75"
1-  /private/e76 "76"
1-  /private/e77 "77"
1-  /private/e78 "78"
1-  /private/e79 "79"
1-  /private/e80 "80"
1-  /private/e81 "81"
1-  /private/e82 "82"
1-  /private/e83 "83"
1-  /private/e84 "84"
1-  /private/e85 "85"
1-  /private/e86 "86"
1-  /private/e87 "87"
1-  /private/e88 "88"
1-  /private/e89 "89"
1-  /private/e90 "90"
1-  /private/e91 "91"
1-  /private/e92 "92"
1-  /private/e93 "93"
1-  /private/e94 "94"
1-  /private/e95 "95"
1-  /private/e96 "96"
1-  /private/e97 "97"
1-  /private/e98 "98"
1-  /private/e99 "99"
1: )
1= d OK *
1: e SETMETADATA INBOX (/private/n "changed" /private/more "x")
1= e NO [METADATA TOOMANY] *   ## ERR_TOOMANYENTRIES
1: f GETMETADATA INBOX (/private/n /private/more /private/e99)
1= * METADATA INBOX (/private/n "0" /private/more NIL /private/e99 "99")
1= f OK *
# one may be changed, and one may come when another goes
1: g SETMETADATA INBOX (/private/n "changed" /private/e1 NIL /private/more "x")
1= g OK *
1: h GETMETADATA INBOX (/private/n /private/more /private/e1)
1= * METADATA INBOX (/private/n "changed" /private/more "x" /private/e1 NIL)
1= h OK *
# other folders have places of their own
1: i SETMETADATA Trash (/private/more "x")
1= i OK *
1: j LOGOUT
1* j OK *
