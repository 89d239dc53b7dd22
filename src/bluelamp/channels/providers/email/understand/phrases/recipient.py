"""Words about the mailbox and its owner."""

SUPPRESSED = (
    r"suppress(?:ed|ion)",
    r"address (?:is )?on (?:the|our) (?:bounce|unsubscribe) list",
    (
        r"(?:recipient|address) (?:has )?(?:previously )?(?:hard[- ])?bounced (?:previously|"
        r"recently|too)"
    ),
)
MAILBOXFULL = (
    r"over (?:its|their|the) storage limit",
    r"zu ?viele mails",
    r"(?:append|writing|write|access)\b.{0,120} file too large",
    r"overdrawn",
    r"(?:mailbox|storage|inode|blocks) limit(?: has been)? exe?eeded",
    r"storage(?: space)? (?:is )?full",
    (
        r"<box>(?:'s|s)?(?: \S+){0,3} (?:is |are |was )?(?:currently |almost |too )?(?:full|"
        r"overfull|overflow(?:ing)?)\b"
    ),
    r"(?:full|overfull) (?:mail ?box|inbox|maildir|mail folder)",
    (
        r"over (?:its |the |their |his |my )?(?:\w+ )?(?:disk |disc |mail ?box |mail |storage |"
        r"allowed )?quota"
    ),
    (
        r"(?<!message )(?<!sending )(?<!daily )(?<!relay )quota (?:of \S+ \S+ )?"
        r"(?:has been |is |was |usage )?(?:exceed|violat|full|reached|exhausted|over)"
    ),
    (
        r"(?:exceed|exhaust|out of|reached)\w*(?: \S+){0,6} (?:quota|disk space|"
        r"storage (?:limit|space|quota|allocation|capacity)|mailbox (?:size|limit))"
    ),
    (
        r"(?:mailbox|disk|disc|storage|inbox) (?:\S+ ){0,3}(?:quota|space|size|limit|"
        r"capacity)(?: limit)?(?: \S+){0,3} (?:exceed|reached|full|used up|insufficient)"
    ),
    r"exceeded (?:the )?(?:mailbox |local |storage )(?:size |limit|allocation)",
    (
        r"(?:not enough|insufficient|no|out of|does(?:n't| not) have enough) (?:free |disk |"
        r"disc |storage |mailbox )*(?:space|storage)\b(?! limit)(?! to process)"
    ),
    r"(?:over|exceeds?|exceeding) (?:the )?(?:maximum )?allowed (?:mailbox size|quota|storage)",
    r"would (?:be over|exceed)(?: \S+){0,5} (?:quota|storage|mailbox)",
    (
        r"too (?:much mail data|many messages (?:on|in) (?:the server|this mailbox|the mailbox|"
        r"mailbox))"
    ),
    r"(?:user|account|mailbox|recipient)(?:'s)?(?: \S+){0,3} over ?quota",
    r"(?:space|quota) (?:is )?not enough",
    r"(?:userdisk|domaindisk) quota",
    r"overquota",
    r"mapiexceptionshutoffquotaexceeded",
    r"quota_exceeded",
    r"(?:mailbox|inbox) (?:has )?exceed(?:ed|s)",
    r"mailbox size limit",
    r"mail file size exceeds",
    r"as their mailbox is full",
    r"space has been used up",
    r"bo[iî]te (?:aux lettres |mail )?(?:du destinataire )?(?:est )?pleine",
    r"quota d[ée]pass[ée]",
    r"(?:compte|bo[îi]te|destinataire)(?: \S+){0,3} (?:pleine?|satur[ée]e?)\b",
    r"postfach (?:ist )?(?:voll|[üu]berf[üu]llt)",
    r"speicherplatz",
    r"\bllen[oa]\b",
    r"casella (?:\S+ ){0,3}piena",
    r"caixa postal cheia",
    r"mailbox vol\b",
    r"ящик (?:\S+ )?переполнен",
    r"переполнен",
    r"メールボックス(?:が|の).{0,12}(?:いっぱい|一杯|容量|満杯)",
    r"容量(?:を|が).{0,8}(?:超|オーバー)",
    r"邮箱(?:空间)?已?满",
)
EXCEEDLIMIT = (
    (
        r"(?:message|mail)(?: \S+){0,3} exceed\w*(?: \S+){0,5} (?:set by|"
        r"of) (?:the )?(?:recipient|user)"
    ),
    r"exe?eded the maximum size the user accepts",
    (
        r"recipient(?: \S+){0,4} (?:cannot|can't|can not) receive (?:messages|"
        r"mail)(?: \S+){0,3} (?:size|large)"
    ),
    r"recipient size limit",
    r"(?:larger|bigger) than (?:this|the) (?:recipient|user)(?:'s)?",
    r"resolver\.rst\.recipsizelimit",
)
SUSPEND = (
    r"(?:user|account|recipient|mailbox) (?:is|has been|was) blocked",
    r"(?:account|mailbox|user) (?:is |was |has |been )*(?:expired|closed|restricted)\b",
    r"expired <user>",
    r"<user> (?:is )?not (?:yet )?(?:activated|enabled)",
    (
        r"(?:^\W*(?:is )?(?:currently |temporarily )?|\bis now )(?:disabled|suspended|"
        r"deactivated|inactive|locked)\b"
    ),
    (
        r"<user>(?:'s)?(?: \S+){0,8} (?:is|was|has|been|are|currently|temporarily|not|now|:|"
        r"have)(?: \S+){0,3} (?:suspended|disabled|deactivated|inactive|locked|frozen|archived|"
        r"terminated|closed|cancell?ed|dormant|discontinued|expired|on hold)\b"
    ),
    (
        r"(?:suspended|disabled|deactivated|inactive|locked|frozen|terminated|closed|"
        r"discontinued|dormant|archived) <user>"
    ),
    (
        r"<user>(?: \S+){0,2} (?:suspended|disabled|deactivated|inactive|locked|frozen|archived|"
        r"terminated|discontinued)\b"
    ),
    r"account is temporarily limited",
    r"is (?:currently|temporarily) suspended",
    r"user has been blocked",
    r"invalid/inactive user",
    r"user is terminated",
    r"account ?disabled",
    r"domain (?:is |has been )?suspended",
    r"temporarily inactive",
    r"temporary locked",
    r"recipient suspend the service",
    r"no longer accept(?:s|ing) (?:mail|e-?mail)",
    r"mailbox is (?:currently )?(?:unavailable and )?not (?:currently )?in use",
    r"archiv[ée]e?\b.{0,30}destinataire",
    r"destinataire archiv",
    (
        r"(?:user|account|mailbox) (?:or domain )?(?:is )?(?:not active|not currently active|"
        r"inactive)"
    ),
    r"アカウント.{0,12}(?:停止|無効)",
    r"受信(?:を)?停止",
    r"konto (?:ist )?(?:gesperrt|deaktiviert)",
    r"заблокирован",
    r"account (?:is )?on vacation hold",
)
HASMOVED = (
    (
        r"(?:address|mailbox|recipient|user|account)(?: \S+){0,4} has (?:been )?(?:moved|"
        r"changed|replaced|migrated)"
    ),
    r"has been replaced by",
    r"address (?:has )?changed",
    r"new (?:e-?mail )?address is",
    r"i have (?:changed|moved)",
    r"user (?:has )?moved",
    r"please (?:use|update)(?: \S+){0,3} (?:new|following) (?:e-?mail )?address",
    r"no longer (?:at|with|works|employed)",
)
FILTERED_FIRST = (
    r"vom empf[äa]nger (?:gesperrt|abgelehnt)",
    r"refused? to (?:receive|accept) (?:this|your|the) (?:mail|e-?mail|message)",
    r"(?:refused|rejected|blocked) (?:by|because of|due to) (?:the )?recipient'?s?",
    r"recipient'?s? (?:\S+ )?(?:preferences|settings|rules?|filters?)\b",
    r"only accept(?:s|ing)? (?:mail|e-?mail|messages) from (?:specific|known|certain|listed)",
    r"(?:account|mailbox|address) is protected by",
)
"""The recipient's own filter: their choice, not their mail system's."""
FILTERED = (
    r"recipients was rejected by a remote mail server",
    r"message (?:was )?filtered",
)
MAILERERROR = (
    r"\|\| exit",
    r"mailer error",
    r"mailer \"?[\w/]+\"? (?:exited|died|failed|returned)",
    r"command (?:died|failed|output|time limit)",
    r"pipe to \|?",
    r"procmail",
    r"x-unix;",
    r"exit(?:ed)? (?:with )?(?:status|code|value)",
    r"child (?:status|exited)",
    r"program (?:mode|returned|failed)",
    r"transport returned",
    r"delivery script",
    r"exited abnormally",
    r"failed to read response template",
    r"lda ",
    r"vdelivermail",
)
UNKNOWN_FOR_SURE = (
    r"(?:doesn't|does not) have an? \S+ account",
    r"not (?:listed|found) in (?:\S+ )*(?:directory|address book)",
    r"mail\.local: unknown user",
    r"invalid final delivery userid",
    r"invalid user address",
    r"mailbox unavailable",
    r"recipnotfound",
    r"recipientnotfound",
    r"recipient name is not recogni[sz]ed",
    r"couldn't be found(?:\.|,)? (?:or is unable|check for typos)",
    r"no valid recipients for this mm",
    r"ディレクトリのリストにありません",
    r"ディレクトリには見つかりません",
    r"annuaire",
    r"unable to deliver message to \(and other recipients",
)
UNKNOWN_USER = (
    r"<who>(?: \S+){0,3} deleted\b",
    r"(?:address|recipient|user) verification failed",
    r"wrong <who>",
    r"<who>(?: \S+)? not ok\b",
    r"not a member of (?:the |this )?domain",
    r"<who>(?: \S+)? (?:cannot|can't|could not|couldn't) be verified",
    r"cannot deliver mail for",
    r"no such (?:id|alias|local)",
    r"<who> (?:is )?(?:unrecogni[sz]ed|not allowed|no exist)",
    r"path no exist",
    (
        r"(?:unknown|no such|invalid|bad|nonexistent|non-existent|not a valid|isn't a valid|"
        r"illegal|undeliverable|incorrect|unrecogni[sz]ed|not a known|"
        r"unavailable) (?:\S+ )?(?:local |e-?mail |mail |final delivery |internal |virtual |"
        r"destination |smtp )*<who>"
    ),
    (
        r"<who>(?:\(s\)|s|'s)?(?: (?!service)\S+){0,6} (?:is |was |are |could |can |does |do |"
        r"has |have |been )*(?:unknown|invalid|not (?:be )?(?:found|valid|known|recogni[sz]ed|"
        r"listed|exist|registered|available|defined|local)|n't (?:exist|found|be found)|"
        r"nonexistent|not exists?|no longer (?:valid|exists?|available|on)|undeliverable|unlisted|"
        r"unavailable|unroutable|does not have|not have (?:a|an))\b"
    ),
    r"<who> unknown",
    r"<who> not (?:found|known|listed|recogni[sz]ed)",
    r"unknown (?:or illegal )?alias",
    r"recipient(?: not)?(?: \S+)? ?(?:no|not) (?:ok|found)",
    r"not (?:listed|found) in (?:\S+ )*(?:directory|address book|table)",
    r"unknown in local recipient",
    (
        r"(?:can't|cannot|could not|couldn't|unable to) (?:find|verify|"
        r"locate)(?: \S+){0,2} (?:account|user|recipient|mailbox|address)"
    ),
    r"bad[- _]?(?:recipient|rcptto|recipientto)",
    r"validrcptto",
    r"not present in",
    r"nessun utente",
    r"no existe",
    r"there is no one",
    r"missing home directory",
    r"domain mismatch",
    r"not have an e-?mail account",
    r"refused to accept your mail",
    r"envelope recipient (?:has been denied|is in)",
    r"recipient is not accepted",
    r"rejected recipients",
    r"recipient rejected",
    r"userunknown",
    r"resolver\.adr\.recipient",
    r"nicht gefunden",
    r"recipient address rejected\. ",
    (
        r"no (?:such )?(?:user|mailbox|account|recipient|person|address|local mailbox|"
        r"valid recipients?|matching recipient)(?: here| found| by| at| with| exist| named|\b)"
    ),
    (
        r"(?:does not|doesn't|do not|don't|didn't|did not) (?:exist|have (?:a|"
        r"an)(?: \S+){0,2} (?:account|mailbox))"
    ),
    r"not (?:a valid|our|one of our) (?:customer|mailbox|user|address)",
    r"no longer (?:exists|valid|in use|active|available)",
    r"(?:has|have) left (?:the|our) (?:company|organi[sz]ation)",
    r"isn't listed",
    r"not our customer",
    r"this (?:user|account) (?:is )?gone",
    r"(?:mailbox|recipient) (?:temporarily )?(?:unavailable|not available)",
    r"requested action not taken: mailbox",
    r"invalid recipient",
    r"recipient (?:address )?(?:rejected|refused|not accepted)\.?\W*$",
    r"(?:address|recipient) (?:rejected|invalid)\W*$",
    r"^\W*rejected\W*$",
    r"resolver\.adr\.(?:recipnotfound|exrecipnotfound|badprimary|recipientnotfound)",
    r"recipnotfound",
    r"recipientnotfound",
    r"n'existe pas",
    r"adresse (?:e-?mail |mail )?(?:destinataire |d['u]\S+ ?)?(?:invalide|inconnue|inexistante)",
    r"destinataire (?:inconnu|invalide)",
    r"utilisateur inconnu",
    r"boite (?:inconnue|inexistante)",
    r"empf[äa]nger(?:adresse)? (?:unbekannt|nicht|existiert|ung[üu]ltig)",
    r"(?:adresse|benutzer|postfach)(?: \S+){0,4} (?:existiert nicht|unbekannt|nicht gefunden)",
    r"nicht im \S+ verzeichnis",
    r"aufgef[üu]hrt",
    r"usuario (?:desconocido|inexistente|no)",
    r"destinatario (?:sconosciuto|desconocido|inexistente)",
    r"utente sconosciuto",
    r"usu[áa]rio (?:desconhecido|inexistente)",
    r"onbekende gebruiker",
    r"пользователь(?: \S+){0,3} не (?:найден|существует|зарегистрирован)",
    r"такого (?:пользователя|ящика)",
    r"получател(?:ь|я) не",
    r"несуществующ",
    r"ディレクトリのリストにありません",
    r"(?:ユーザー?|宛先|アドレス|メールアドレス)(?:が|は)?.{0,60}(?:存在し|見つか|ありません|不明)",
    r"存在しません",
    r"該当.{0,8}ありません",
    r"用户不存在",
    r"收件人不存在",
    r"无此用户",
)
