# Completion of bourse(1) for bash; made by 'bourse completion bash'.
_bourse()
{
	local word=${COMP_WORDS[COMP_CWORD]} noun= verb= words= i
	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		--data|--config|--color) ((i++)) ;;
		-*) ;;
		*) if [ -z "$noun" ]; then noun=${COMP_WORDS[i]}; else verb=${COMP_WORDS[i]}; break; fi ;;
		esac
	done
	case "$noun $verb" in
	' ') words='init setup organisation domain account group mailbox contact list directory status reload stop logon doctor rights config check rebuild compact search folder public recover virtual-directory session backup directory restore completion version help' ;;
	'init '*) words='--domain --mail --data --config --json --color --help --version' ;;
	'setup '*) words='--host --mail --domain --certificate --key --user --yes --no-yes --password-stdin --data --config --json --color --help --version' ;;
	'organisation ') words='show' ;;
	'organisation show') words='--data --config --json --color --help --version' ;;
	'domain ') words='add set remove list show' ;;
	'domain add') words='--mail --postmaster --code-appended --no-code-appended --password-length --password-age-max --password-age-min --password-history --password-complexity --no-password-complexity --password-characters --password-warning --lockout-threshold --lockout-window --user-rights --lockout-duration --backend --controllers --starttls --no-starttls --ca-file --bind-dn --password-stdin --base --filter --user-dn --service --nt-domain --realm --timeout --make-accounts --no-make-accounts --make-mailboxes --no-make-mailboxes --data --config --json --color --help --version' ;;
	'domain set') words='--rename --mail --add-mail --remove-mail --postmaster --code-appended --no-code-appended --password-length --password-age-max --password-age-min --password-history --password-complexity --no-password-complexity --password-characters --password-warning --lockout-threshold --lockout-window --user-rights --lockout-duration --backend --controllers --starttls --no-starttls --ca-file --bind-dn --password-stdin --base --filter --user-dn --service --nt-domain --realm --timeout --make-accounts --no-make-accounts --make-mailboxes --no-make-mailboxes --data --config --json --color --help --version' ;;
	'domain remove') words='--data --config --json --color --help --version' ;;
	'domain list') words='--data --config --json --color --help --version' ;;
	'domain show') words='--data --config --json --color --help --version' ;;
	'account ') words='add set password unlock remove list show app-password-add app-password-list app-password-revoke totp-enable totp-confirm totp-show totp-recovery totp-disable' ;;
	'account add') words='--full-name --description --must-change --no-must-change --cannot-change --no-cannot-change --never-expires --no-never-expires --disabled --no-disabled --expires --groups --hours --networks --protocols --user-rights --app-passwords-only --no-app-passwords-only --ntlm --no-ntlm --ntlm-mailbox --password-stdin --no-password --data --config --json --color --help --version' ;;
	'account set') words='--rename --certificate --add-certificate --remove-certificate --principal --add-principal --remove-principal --full-name --description --must-change --no-must-change --cannot-change --no-cannot-change --never-expires --no-never-expires --disabled --no-disabled --expires --groups --hours --networks --protocols --user-rights --app-passwords-only --no-app-passwords-only --ntlm --no-ntlm --ntlm-mailbox --add-groups --remove-groups --add-user-rights --remove-user-rights --data --config --json --color --help --version' ;;
	'account password') words='--must-change --no-must-change --password-stdin --data --config --json --color --help --version' ;;
	'account unlock') words='--data --config --json --color --help --version' ;;
	'account remove') words='--data --config --json --color --help --version' ;;
	'account list') words='--data --config --json --color --help --version' ;;
	'account show') words='--data --config --json --color --help --version' ;;
	'account app-password-add') words='--label --protocols --expires --data --config --json --color --help --version' ;;
	'account app-password-list') words='--data --config --json --color --help --version' ;;
	'account app-password-revoke') words='--data --config --json --color --help --version' ;;
	'account totp-enable') words='--data --config --json --color --help --version' ;;
	'account totp-confirm') words='--data --config --json --color --help --version' ;;
	'account totp-show') words='--data --config --json --color --help --version' ;;
	'account totp-recovery') words='--data --config --json --color --help --version' ;;
	'account totp-disable') words='--data --config --json --color --help --version' ;;
	'group ') words='add set remove list show member-add member-remove' ;;
	'group add') words='--description --member --user-rights --data --config --json --color --help --version' ;;
	'group set') words='--rename --description --user-rights --add-user-rights --remove-user-rights --data --config --json --color --help --version' ;;
	'group remove') words='--data --config --json --color --help --version' ;;
	'group list') words='--data --config --json --color --help --version' ;;
	'group show') words='--data --config --json --color --help --version' ;;
	'group member-add') words='--data --config --json --color --help --version' ;;
	'group member-remove') words='--data --config --json --color --help --version' ;;
	'mailbox ') words='add set remove list show grant revoke' ;;
	'mailbox add') words='--account --address --display --first --last --smtp --no-smtp --pop3 --no-pop3 --imap --no-imap --http --no-http --hidden --no-hidden --quota-warn --quota-send --quota-receive --quota-messages --quota-folders --retention-days --disabled --no-disabled --data --config --json --color --help --version' ;;
	'mailbox set') words='--rename --account --address --add-address --remove-address --primary-address --moved-to --display --first --last --smtp --no-smtp --pop3 --no-pop3 --imap --no-imap --http --no-http --hidden --no-hidden --quota-warn --quota-send --quota-receive --quota-messages --quota-folders --retention-days --disabled --no-disabled --data --config --json --color --help --version' ;;
	'mailbox remove') words='--data --config --json --color --help --version' ;;
	'mailbox list') words='--data --config --json --color --help --version' ;;
	'mailbox show') words='--data --config --json --color --help --version' ;;
	'mailbox grant') words='--group --rights --data --config --json --color --help --version' ;;
	'mailbox revoke') words='--group --rights --data --config --json --color --help --version' ;;
	'contact ') words='add set remove list show' ;;
	'contact add') words='--remote --display --address --data --config --json --color --help --version' ;;
	'contact set') words='--rename --remote --display --address --add-address --remove-address --primary-address --data --config --json --color --help --version' ;;
	'contact remove') words='--data --config --json --color --help --version' ;;
	'contact list') words='--data --config --json --color --help --version' ;;
	'contact show') words='--data --config --json --color --help --version' ;;
	'list ') words='add set remove list show member-add member-remove' ;;
	'list add') words='--display --address --member --owner --data --config --json --color --help --version' ;;
	'list set') words='--rename --display --address --add-address --remove-address --primary-address --members --owner --data --config --json --color --help --version' ;;
	'list remove') words='--data --config --json --color --help --version' ;;
	'list list') words='--data --config --json --color --help --version' ;;
	'list show') words='--data --config --json --color --help --version' ;;
	'list member-add') words='--data --config --json --color --help --version' ;;
	'list member-remove') words='--data --config --json --color --help --version' ;;
	'directory ') words='import export rekey' ;;
	'directory import') words='--dry-run --no-dry-run --errors --overwrite --no-overwrite --accounts --no-accounts --charset --separator --quote --multi-separator --data --config --json --color --help --version' ;;
	'directory export') words='--class --domain --output --separator --quote --multi-separator --data --config --json --color --help --version' ;;
	'status '*) words='--data --config --json --color --help --version' ;;
	'reload '*) words='--data --config --json --color --help --version' ;;
	'stop '*) words='--data --config --json --color --help --version' ;;
	'logon ') words='list allow' ;;
	'logon list') words='--account --since --refused --no-refused --limit --data --config --json --color --help --version' ;;
	'logon allow') words='--data --config --json --color --help --version' ;;
	'doctor ') words='logon anonymous ports' ;;
	'doctor logon') words='--protocol --mailbox --totp --source --mechanism --tls --no-tls --follow --no-follow --password-stdin --data --config --json --color --help --version' ;;
	'doctor anonymous') words='--data --config --json --color --help --version' ;;
	'doctor ports') words='--data --config --json --color --help --version' ;;
	'rights '*) words='--as --data --config --json --color --help --version' ;;
	'config ') words='check show' ;;
	'config check') words='--data --config --json --color --help --version' ;;
	'config show') words='--all --no-all --data --config --json --color --help --version' ;;
	'check '*) words='--data --config --json --color --help --version' ;;
	'rebuild '*) words='--data --config --json --color --help --version' ;;
	'compact '*) words='--data --config --json --color --help --version' ;;
	'search ') words='status rebuild' ;;
	'search status') words='--data --config --json --color --help --version' ;;
	'search rebuild') words='--data --config --json --color --help --version' ;;
	'folder ') words='list create delete rename age keep-deleted moderate held approve reject address export import rights grant roles revoke' ;;
	'folder list') words='--data --config --json --color --help --version' ;;
	'folder create') words='--data --config --json --color --help --version' ;;
	'folder delete') words='--data --config --json --color --help --version' ;;
	'folder rename') words='--data --config --json --color --help --version' ;;
	'folder age') words='--data --config --json --color --help --version' ;;
	'folder keep-deleted') words='--data --config --json --color --help --version' ;;
	'folder moderate') words='--by --off --no-off --data --config --json --color --help --version' ;;
	'folder held') words='--data --config --json --color --help --version' ;;
	'folder approve') words='--data --config --json --color --help --version' ;;
	'folder reject') words='--word --data --config --json --color --help --version' ;;
	'folder address') words='--remove --no-remove --data --config --json --color --help --version' ;;
	'folder export') words='--format --flags --no-flags --data --config --json --color --help --version' ;;
	'folder import') words='--format --flat --no-flat --duplicates --no-duplicates --flags --no-flags --cut --no-cut --verbose --no-verbose --dry-run --no-dry-run --data --config --json --color --help --version' ;;
	'folder rights') words='--data --config --json --color --help --version' ;;
	'folder grant') words='--data --config --json --color --help --version' ;;
	'folder roles') words='--data --config --json --color --help --version' ;;
	'folder revoke') words='--data --config --json --color --help --version' ;;
	'public ') words='enable set show disable' ;;
	'public enable') words='--quota-warn --quota-receive --quota-messages --quota-folders --retention-days --name --data --config --json --color --help --version' ;;
	'public set') words='--quota-warn --quota-receive --quota-messages --quota-folders --retention-days --rename --data --config --json --color --help --version' ;;
	'public show') words='--data --config --json --color --help --version' ;;
	'public disable') words='--purge --no-purge --data --config --json --color --help --version' ;;
	'recover '*) words='--list --no-list --folders --no-folders --folder --whole --no-whole --as --since --until --from --subject --all --no-all --to --purge --no-purge --yes --no-yes --data --config --json --color --help --version' ;;
	'virtual-directory ') words='add set remove list show' ;;
	'virtual-directory add') words='--acts-as --mailbox --authentication --publish --submit-to --title --size --rate --rate-all --proof --fill-time --disabled --no-disabled --data --config --json --color --help --version' ;;
	'virtual-directory set') words='--rename --acts-as --mailbox --authentication --publish --submit-to --title --size --rate --rate-all --proof --fill-time --disabled --no-disabled --data --config --json --color --help --version' ;;
	'virtual-directory remove') words='--data --config --json --color --help --version' ;;
	'virtual-directory list') words='--data --config --json --color --help --version' ;;
	'virtual-directory show') words='--data --config --json --color --help --version' ;;
	'session ') words='list' ;;
	'session list') words='--data --config --json --color --help --version' ;;
	'backup '*) words='--verify --no-verify --without-key --no-without-key --keep-days --data --config --json --color --help --version' ;;
	'directory ') words='import export rekey' ;;
	'directory rekey') words='--forget --no-forget --lost --no-lost --data --config --json --color --help --version' ;;
	'restore '*) words='--at --mailbox --folder --uid --message-id --into --data --config --json --color --help --version' ;;
	'completion '*) words='bash zsh fish --data --config --json --color --help --version' ;;
	'version '*) words='--data --config --json --color --help --version' ;;
	'help '*) words='init setup organisation domain account group mailbox contact list directory status reload stop logon doctor rights config check rebuild compact search folder public recover virtual-directory session backup directory restore completion version help --data --config --json --color --help --version' ;;
	esac
	case ${COMP_WORDS[COMP_CWORD-1]} in
	--data) COMPREPLY=($(compgen -d -- "$word")) ;;
	--config) COMPREPLY=($(compgen -f -- "$word")) ;;
	--color) COMPREPLY=($(compgen -W 'auto always never' -- "$word")) ;;
	--protocol) COMPREPLY=($(compgen -W 'smtp pop3 imap nntp' -- "$word")) ;;
	*) COMPREPLY=($(compgen -W "$words" -- "$word")) ;;
	esac
}
complete -F _bourse bourse
