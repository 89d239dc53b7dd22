"""What mail systems say about hosts, networks and themselves, and of unknown users.

Second half of ``phrases.py`` (same rules): :data:`LATE` comes after every family
there, :data:`UNKNOWN_USER` is weighed with the SMTP command by ``judge.py``.
"""

from __future__ import annotations

from .values import Reason as R

_WHO = r"(?:user|recipient|mailbox|address|account|addressee|alias|e-?mail(?: account| address)?|userid|user name|local ?part|inbox|person|customer|subscriber|destination|member|name)"

UNKNOWN_USER: tuple[str, ...] = (
    rf"(?:unknown|no such|invalid|bad|nonexistent|non-existent|not a valid|isn't a valid|illegal|undeliverable|incorrect|unrecogni[sz]ed|not a known|unavailable) (?:\S+ )?(?:local |e-?mail |mail |final delivery |internal |virtual |destination |smtp )*{_WHO}",
    rf"{_WHO}(?:\(s\)|s|'s)?(?: \S+){{0,6}} (?:is |was |are |could |can |does |do |has |have |been )*(?:unknown|invalid|not (?:be )?(?:found|valid|known|recogni[sz]ed|listed|exist|registered|available|defined|local)|n't (?:exist|found|be found)|nonexistent|not exists?|no longer (?:valid|exists?|available|on)|undeliverable|unlisted|unavailable|unroutable|does not have|not have (?:a|an))\b",
    rf"{_WHO} unknown|{_WHO} not (?:found|known|listed|recogni[sz]ed)|unknown (?:or illegal )?alias|recipient(?: not)?(?: \S+)? ?(?:no|not) (?:ok|found)|not (?:listed|found) in (?:\S+ )*(?:directory|address book|table)|unknown in local recipient",
    r"(?:can't|cannot|could not|couldn't|unable to) (?:find|verify|locate)(?: \S+){0,2} (?:account|user|recipient|mailbox|address)|bad[- _]?(?:recipient|rcptto|recipientto)|validrcptto|not present in|nessun utente|no existe|there is no one|missing home directory|domain mismatch|not have an e-?mail account|refused to accept your mail|envelope recipient (?:has been denied|is in)|recipient is not accepted|rejected recipients|recipient rejected|userunknown|resolver\.adr\.recipient|nicht gefunden|recipient address rejected\. ",
    r"no (?:such )?(?:user|mailbox|account|recipient|person|address|local mailbox|valid recipients?|matching recipient)(?: here| found| by| at| with| exist| named|\b)",
    r"(?:does not|doesn't|do not|don't|didn't|did not) (?:exist|have (?:a|an)(?: \S+){0,2} (?:account|mailbox))",
    r"not (?:a valid|our|one of our) (?:customer|mailbox|user|address)|no longer (?:exists|valid|in use|active|available)|(?:has|have) left (?:the|our) (?:company|organi[sz]ation)|isn't listed|not our customer|this (?:user|account) (?:is )?gone",
    r"(?:mailbox|recipient) (?:temporarily )?(?:unavailable|not available)|requested action not taken: mailbox|invalid recipient|recipient (?:address )?(?:rejected|refused|not accepted)\.?\W*$|(?:address|recipient) (?:rejected|invalid)\W*$|^\W*rejected\W*$",
    r"resolver\.adr\.(?:recipnotfound|exrecipnotfound|badprimary|recipientnotfound)|recipnotfound|recipientnotfound",
    r"adresse (?:e-?mail |mail )?(?:destinataire |d['u]\S+ ?)?(?:invalide|inconnue|inexistante)|destinataire (?:inconnu|invalide)|utilisateur inconnu|boite (?:inconnue|inexistante)",
    r"empf[äa]nger(?:adresse)? (?:unbekannt|nicht|existiert|ung[üu]ltig)|(?:adresse|benutzer|postfach)(?: \S+){0,4} (?:existiert nicht|unbekannt|nicht gefunden)|nicht im \S+ verzeichnis|aufgef[üu]hrt",
    r"usuario (?:desconocido|inexistente|no)|destinatario (?:sconosciuto|desconocido|inexistente)|utente sconosciuto|usu[áa]rio (?:desconhecido|inexistente)|onbekende gebruiker",
    r"пользователь(?: \S+){0,3} не (?:найден|существует|зарегистрирован)|такого (?:пользователя|ящика)|получател(?:ь|я) не|несуществующ",
    r"ディレクトリのリストにありません|(?:ユーザー?|宛先|アドレス|メールアドレス)(?:が|は)?.{0,60}(?:存在し|見つか|ありません|不明)|存在しません|該当.{0,8}ありません|用户不存在|收件人不存在|无此用户",
)

UNKNOWN_FOR_SURE: tuple[str, ...] = (
    # No remote filter speaks here: a directory was asked, or a provider says it outright.
    r"(?:doesn't|does not) have an? \S+ account|not (?:listed|found) in (?:\S+ )*(?:directory|address book)",
    r"mail\.local: unknown user|invalid final delivery userid|invalid user address|mailbox unavailable|recipnotfound|recipientnotfound|recipient name is not recogni[sz]ed",
    r"couldn't be found(?:\.|,)? (?:or is unable|check for typos)|no valid recipients for this mm",
    r"ディレクトリのリストにありません|ディレクトリには見つかりません|annuaire|unable to deliver message to \(and other recipients",
)

LATE: tuple[tuple[R, tuple[str, ...]], ...] = (
    (
        R.BLOCKED,
        (
            r"(?:are|currently) sending spam|looks suspiciously|unwanted messages|spamhaus|dnsbl|\brbls?\b|spamcop|sorbs|barracudacentral|abuseat|proofpoint dynamic|dynablock|njabl|ipbl\d+",
            r"(?:black|block|deny|grey|gray)[- ]?list(?:ed|ing|s)?\b|listed (?:at|in|on|by) ",
            r"(?:ip|host|server|network|client|connection)(?:'s)?(?: address| addresses|s)?(?: \S+){0,6} (?:is |was |has been |have been |are |been |being |temporarily |permanently |currently )*(?:blocked|banned|refused|rejected|denied|listed|disallowed|not allowed|not permitted|not authori[sz]ed|blacklisted|blocklisted|forbidden|restricted)",
            r"(?:invalid|bad|blocked|banned|blacklisted|dynamic|extreme bad|your|client|sending|source|zombied?)(?: \S+)? (?:ip|ips|ip address|ip profile|host)\b",
            r"blocked (?:using|by|for|due|because|from)|(?:was|been|is) blocked\b|block(?:ed)? list|bad (?:helo|ehlo)|(?:helo|ehlo) (?:command|name|host)? ?(?:rejected|refused|invalid|argument)|wrong helo",
            r"connection (?:refused|dropped|reset|was dropped|closed|rejected|denied|lost|terminated)|refused to talk|not accepting connections|(?:you are )?not allowed to connect|refused - see|access (?:forbidden|not allowed|restricted)|server access",
            r"(?:do|does|will) not accept (?:mail|e-?mail|messages|connections)(?: \S+){0,2} from|not (?:currently )?accepting (?:mail|e-?mail)(?: \S+){0,2} from|no access from|reject(?:ing|s)? (?:mail|connections|all|open)(?: \S+){0,2} (?:from|prox)|too many (?:spams|unwanted)",
            r"\(bl\)|open (?:proxy|relay)|zombie|remotehost looks|please use the smtp server of your|is not allowed to send|may not be mail exchanger|abus d[ée]tect",
            r"service refus|service not available, closing|closing (?:transmission channel|connection)|(?:client )?host rejected|host network not",
        ),
    ),
    (
        R.POLICYVIOLATION,
        (
            r"polic(?:y|ies)|organi[sz]ation(?:al)? settings",
            r"closed mailing list|not (?:a )?(?:subscribed to (?:this|the)|member)|support for .{0,20}(?:macros|attachments)|message given low priority",
            r"(?:do|does) not accept messages containing|does not (?:accept|want)(?: \S+){0,4} attachments|(?:not accepting|refus\w+) (?:mail|messages) with",
            r"protocol violation|improper command pipelining",
        ),
    ),
    (
        R.FAILEDSTARTTLS,
        (
            r"starttls|does not support (?:tls|ssl|encryption)|\b(?:tls|ssl)\b(?: \S+){0,4} (?:required|failed|handshake|negotiat\w*|error|not (?:available|supported|offered)|is needed)|(?:must|requires?)(?: \S+){0,4} (?:tls|encrypt\w*)|cert(?:ificate)? (?:verif|expired|not)",
        ),
    ),
    (R.FILTERED, (r"recipients was rejected by a remote mail server|message (?:was )?filtered",)),
    (
        R.SECURITYERROR,
        (
            r"authentication (?:credentials|required|failed|failure|is required|turned on|unsuccessful|information)|(?:smtp )?auth(?:entication)? (?:is )?(?:required|failed)|unauthenticated senders?|not authori[sz]ed to send|(?:log ?in|logon|password) (?:failed|denied|required)|you don't authenticate",
            r"verification failed|insecure mechanism|account not subscribed to ses|security (?:policy|violation|error)|access denied",
        ),
    ),
    (
        R.EXPIRED,
        (
            r"(?:connection|operation|session|conversation|read|write)(?: \S+){0,2} timed? ?out|did not accept our requests to connect|host not reachable|message (?:timed out|expired)|delivery (?:time )?expired",
        ),
    ),
    (
        R.NETWORKERROR,
        (
            r"(?:mail|routing|forwarding|message|delivery|email|e-mail) ?loop|loop(?:ing|s back)?\b(?: detected)?|too many hops|(?:maximum |max )?hop ?count|hops? (?:limit )?exceeded|forwarded more than the maximum",
            r"(?:host )?name (?:service|server|lookup)(?: \S+){0,4} (?:error|fail\w*|problem)|name server: |host not found, try again|dns (?:error|lookup|query|records?|failure|problem)(?: \S+){0,6}(?:fail\w*|not be found|error|timed|could not|responded)?|domain name not found|nxdomain|had no relevant answers|malformed (?:or unexpected )?name server reply|dns type '?(?:mx|a|aaaa)",
            r"(?:host|network)(?: \S+)? (?:is )?unreachable|no route to host|network (?:error|is down|problem)|(?:unable|wasn't able|not able|could not|couldn't|can't|cannot|failed) to (?:establish|open|make)(?: \S+){0,2} (?:connection|smtp connection|session)|(?:could not|cannot|unable to|can't|failed to) connect(?! \S+ \S+ because)|unable to resolve route|no answer from host|routing (?:error|server)",
            r"dns records for the|routes to destination blocked|address family mismatch|retrieve source address|no valid route|best-preference mx|lookup failed|fail(?:ed|ure) to (?:look up|resolve)|(?:lost|interrupted) connection|bad connection",
        ),
    ),
    (
        R.MAILERERROR,
        (
            r"\|\| exit|mailer error|mailer \"?[\w/]+\"? (?:exited|died|failed|returned)|command (?:died|failed|output|time limit)|pipe to \|?|procmail|x-unix;|exit(?:ed)? (?:with )?(?:status|code|value)|child (?:status|exited)|program (?:mode|returned|failed)|transport returned|delivery script|failed to read response template|lda |vdelivermail",
        ),
    ),
    (
        R.SYSTEMERROR,
        (
            r"(?:local|system|internal|server|service|remote|unexpected|configuration|mail server|general)(?: \S+){0,2} (?:error|failure|problem|mis-?configur\w+|configuration error|exception|malfunction)",
            r"service (?:is )?(?:currently |temporarily )?(?:unavailable|not available|down)|server (?:is )?(?:busy|temporarily unavailable|down|overloaded|shutting)|(?:temporarily|currently) (?:unavailable|rejected|deferred|out of|unable)|try again later|greylist|graylist",
            r"(?:can't|cannot|could not|couldn't|unable to|failed to) (?:create|open|write|load|read|lock|access|process|append|deliver locally|chdir|save|store)|queue file|i/o error|input/output|interrupted|out of memory|resources? (?:temporarily )?(?:not available|unavailable)|permission denied|insufficient permission|ldap|database|mdb\b|homedir|loop was found|encountered an error|delivery to (?:file|pipe) forbidden|timeout waiting",
            r"several matches found|resolver\.adr\.ambiguous|cannot send e-?mail 0x|lmtp error|local delivery failed|transaction failed|temporary (?:local )?(?:problem|lookup)|error in processing|unable to (?:process|relay|deliver) (?:command|at this time)|cannot be processed",
        ),
    ),
    (
        R.SYNTAXERROR,
        (
            r"syntax error|angle-brackets|expected word|malformed address|domain missing|command (?:parameter )?(?:not )?(?:implemented|unrecogni[sz]ed|recogni[sz]ed)|bad sequence|(?:un)?recogni[sz]ed command|command not|need (?:mail|rcpt) (?:command)?|parameters?(?: \S+){0,2} not|invalid (?:command|parameter|argument|syntax)|source-routed",
        ),
    ),
    (
        R.EXPIRED,
        (
            r"timed? ?out|time-?out|(?:delivery|message|mail)(?: time)?(?: \S+){0,2} expired|expired",
            r"(?:could not|cannot|can't|was not|not been|unable to)(?: \S+)? (?:be )?(?:deliver\w*|reach\w*|sent)(?: \S+){0,3} (?:for|within|after|in|over)(?: \S+){0,4} (?:\d+|hours?|days?|minutes?|long|attempts|retries|queue|period)",
            r"after (?:over )?\d+ (?:tries|attempts|retries|days|hours)|cannot send (?:mail|message) for|in the queue too long|retry time(?:out)? (?:exceeded|not reached)|all hosts have been failing|failing for a long time|giving up|multiple retries|\d+ attempts|has been (?:frozen|delayed)|was frozen|delay(?:ed)? (?:reason|more|for)|not yet been delivered|will (?:continue to be |be )?retried|no action is required|delivery attempts will|temporary failure|deferred|did not (?:respond|accept our requests to connect)|not respond|will keep trying|could not find a gateway|not collected|server did not|socket error|cannot send message for|still trying",
        ),
    ),
    (R.BLOCKED, (r"\bblocked\b",)),
)
