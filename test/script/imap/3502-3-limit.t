# RFC 3502 section 3: more messages than one change of the store holds are refused whole
logon 1 imap
1- a APPEND INBOX
repeat 500 1-  {1+}\r\nx
1:
1? a OK [APPENDUID $validity 1:500] *
1- b APPEND INBOX
repeat 501 1-  {1+}\r\nx
1:
1= b NO [LIMIT] too many messages*   ## ERR_LIMIT
1: c STATUS INBOX (MESSAGES)
1= * STATUS INBOX (MESSAGES 500)
1= c OK *
# keywords that the folder has no room for are another limit
1: d APPEND INBOX (k0 k1 k2 k3 k4 k5 k6 k7 k8 k9 k10 k11 k12 k13 k14 k15 k16 k17 k18 k19 k20 k21 k22 k23 k24 k25 k26 k27 k28 k29 k30 k31 k32 k33 k34 k35 k36 k37 k38 k39 k40 k41 k42 k43 k44 k45 k46 k47 k48 k49 k50 k51 k52 k53 k54 k55 k56 k57 k58 k59 k60 k61 k62 k63 k64 k65 k66 k67 k68 k69 k70 k71 k72 k73 k74 k75 k76 k77 k78 k79 k80 k81 k82 k83 k84 k85 k86 k87 k88 k89 k90 k91 k92 k93 k94 k95 k96 k97 k98 k99 k100 k101 k102 k103 k104 k105 k106 k107 k108 k109 k110 k111 k112 k113 k114 k115 k116 k117 k118 k119 k120 k121 k122 k123 k124 k125 k126 k127 k128 k129 k130 k131 k132 k133 k134 k135 k136 k137 k138 k139 k140 k141 k142 k143 k144 k145 k146 k147 k148 k149 k150 k151 k152 k153 k154 k155 k156 k157 k158 k159 k160 k161 k162 k163 k164 k165 k166 k167 k168 k169 k170 k171 k172 k173 k174 k175 k176 k177 k178 k179 k180 k181 k182 k183 k184 k185 k186 k187 k188 k189 k190 k191 k192 k193 k194 k195 k196 k197 k198 k199 k200) {lit:x} {lit:y}
1= d NO [LIMIT] too many keywords *
1: e STATUS INBOX (MESSAGES)
1= * STATUS INBOX (MESSAGES 500)
1= e OK *
1: f LOGOUT
1* f OK *
