"""Words about the sending host, its address and its manners."""

SECURITYERROR_FIRST = (r"turn on smtp authentication",)
SPEEDING_FIRST = (
    r"allowed outgoing (?:messages|mails?)",
    r"sending (?:quota|limits?)(?: \S+){0,2} (?:exceed|reached)",
    r"relay limit exceeded",
    r"too much mail from",
    r"(?:temporarily|been) rate[- ]limited(?!.{0,120}(?:reputation|aligned))",
)
BLOCKED_FIRST = (
    r"\bip(?: address)? (?:is |was )?(?:rejected|blocked|banned)",
    r"ip(?: address)? (?:\S+ )?(?:is )?(?:black|block)[- ]?listed",
    r"blocked using (?!spam)",
    r"originating from your ip",
    r"(?:are|currently) sending spam",
    r"spammers? list",
    r"excessive unknown recipients",
    r"\bdns[- ]?(?:bl|black ?list|block ?list)",
    (
        r"(?:your|client|sender|sending|connecting|source|remote) (?:smtp )?(?:server|host|"
        r"ip)(?:'s)?(?: address| ip)?(?: \S+){0,2} (?:is |was |has been )?(?:\S+ )?(?:blocked|"
        r"banned|blacklisted|blocklisted|listed (?:by|in|on|at))"
    ),
    r"helo command rejected",
    r"helo command blocked",
)
NORELAYING = (
    r"credentials for relay",
    r"(?:required|needed) (?:to|for) relay",
    r"domain (?:is )?not handled (?:here|by)",
    r"specified domain is not allowed",
    (
        r"rela(?:y|ying|ied)(?: \S+){0,4} (?:is |was |not )*(?:denied|prohibited|permitted|"
        r"allowed|forbidden|refused|disallowed|restricted|supported)"
    ),
    (
        r"(?:isn't|not|no|un|un?able to|cannot|can't|refuse[sd]? to|don't|doesn't|denied|deny|"
        r"insecure|unauthori[sz]ed|not an open|not permitted to|forbidden to|"
        r"never)(?: \S+){0,4} ?(?:mail )?relay"
    ),
    r"relay(?:ing)? (?:mail )?(?:access|through|to)(?: \S+){0,5} (?:denied|requires|not|is)",
    r"not a (?:gateway|relay)",
    r"not local host",
    r"as a relay",
    r"use of smtp as mail gate",
    r"mail gate is forbidden",
    (
        r"(?:domain|recipient) (?:isn't|is not|not) in (?:my|our|"
        r"the)(?: list of)? ?(?:allowed )?rcpthosts?"
    ),
    r"allowed rcpthost",
    (
        r"(?:don't|do not|doesn't|does not) (?:handle|host|accept) (?:mail|e-?mail|"
        r"messages?) for (?:this|that|the|your)?\b"
    ),
    r"authentication when attempting to send to a non-local",
    r"^\W*relaying mail to",
    r"smtp relay error",
    r"handle mail for",
    r"email address is not verified",
    r"identities failed the check",
    r"(?:recipient|domain)(?: \S+){0,3} not (?:hosted|local) (?:here|on this)",
)
AUTHFAILURE = (
    r"(?:isn't|not) aligned with",
    r"\bdmarc\b",
    r"domain-based message authentication",
    r"\bspf\b(?! record of the recipient)",
    r"sender policy framework",
    r"spf\.pobox",
    r"openspf",
    r"\bdkim\b",
    r"domainkeys",
    r"(?:fails?|failed|failing) to pass(?: \S+){0,3} authentication",
    r"does not have authentication information",
    r"unauthenticated (?:e-?mail|mail|message) from",
    r"(?:sender|message|mail|e-?mail|domain) (?:is )?(?:unauthenticated|not authenticated)",
    r"sender authentication (?:failed|required)",
    (
        r"not (?:a )?(?:designated|authori[sz]ed|permitted) (?:sender|mailer|"
        r"to send (?:e-?mail |mail )?(?:on behalf|from|for))"
    ),
    r"spoof",
)
REQUIREPTR = (
    r"does not resolve to a(?:ny)? (?:hostname|host name)",
    r"reverse (?:dns|lookup|name|address|hostname|resolution|ip)",
    r"rdns",
    r"r-?dns",
    r"inverse (?:dns|resolution)",
    r"dns inverse",
    r"\bptr\b",
    (
        r"(?:cannot|could not|can't|unable to|couldn't|failed to) (?:find|resolve|"
        r"verify)(?: \S+){0,3} (?:your|the client|client|sending|connecting|"
        r"sender'?s?) (?:host ?name|address|ip|hostname)"
    ),
    r"cannot find your (?:hostname|reverse)",
    r"cannot resolve your address",
    r"ip name lookup failed",
    r"unverifyable sending ip",
    r"unresolvable relay host",
    (
        r"(?:ip|client|host)(?: address)? (?:has|have|with|without|lacks?) (?:no|a|missing|"
        r"generic|any)? ?(?:valid |generic )?(?:hostname|host name|dns (?:name|entry|record))"
    ),
    r"forward dns",
    r"generic (?:dns|rdns|ptr|hostname)",
    r"without a valid sender domain",
    r"invalid ptr",
    r"forward[- ]confirmed",
)
BADREPUTATION = (
    r"\breputation\b",
    r"due to (?:unexpected volume|user complaints|unusual traffic)",
    r"(?:too many|excessive|high (?:number|volume|rate) of)(?: \S+){0,3} complaints",
    r"(?:permanently|temporarily) deferred.{0,40}(?:volume|complaint)",
)
REJECTED = (
    r"your (?:e-?mail )?domain (?:\S+ ){0,3}(?:black|block)[- ]?listed",
    r"allowed senders? list",
    r"does not accept bounces",
    r"callback (?:setup |lookup |check )?fail",
    r"mail ?from(?: \S+){0,3} (?:failed|mismatch\w*)",
    r"(?:invalid|bad|unknown) return[- ]path",
    r"possible forgery",
    (
        r"sender(?:'s)?(?: \S+){0,6} (?:is |was |has been |been |not )*(?:rejected|refused|"
        r"denied|blocked|blacklisted|blocklisted|invalid|unknown|not (?:allowed|permitted|"
        r"accepted|exist|found|pre-?approved)|does ?n[o']t exist|is empty|is spammer|verif(?:y|"
        r"ication) fail\w*|unverif\w+)"
    ),
    (
        r"(?:invalid|unknown|bad|blocked|illegal|unroutable|unrouteable|null|empty|rejected|"
        r"denied|forged|unverified|nonexistent) (?:envelope |mail )?(?:sender|from)\b"
    ),
    r"domain of (?:the )?sender(?:'s)?(?: address)?(?: \S+)? (?:does not|doesn't|not|is|could)",
    r"sender (?:address|domain|e-?mail|verify|mail)",
    r"sender is (?:in|on) (?:my|the|our)",
    r"(?:black|block) ?list(?:ed)?.{0,20} sender",
    r"mail from (?:not owned|command|address|domain|rejected|denied|this (?:sender|address)|you)",
    r"secumail",
    r"(?:manually )?blocked senders?",
    r"empty envelope sender",
    r"provide a valid from",
    r"recursive cname",
    r"empty e-?mail address",
    r"server does not accept mail from",
    r"resolver\.rst\.(?:not|auth)",
    r"batv",
    r"backscatter",
    r"bounce ?deny",
    r"third-party dsn",
    r"unsigned dsn",
    r"returned mail not accepted",
    r"bogus mail from",
    r"emetteur invalide",
    r"exp[ée]diteur",
    r"administrative(?:ly)? prohibit",
    r"envelope blocked",
    r"delivery not authori[sz]ed",
    r"does not exist e\d+",
    (
        r"you are not (?:allowed|permitted|authori[sz]ed) to (?:post|send (?:mail |messages |"
        r"e-?mail )?(?:to|mail))"
    ),
    (
        r"(?:permission denied|not (?:allowed|authori[sz]ed|permitted)) to (?:send|post|write|"
        r"deliver)(?: \S+){0,3}? (?:to this|"
        r"to the|to group|group|recipient|list|mailing)"
    ),
    r"permission to post",
    r"may not (?:exist, or you may not have permission|be open to posting)",
    (
        r"(?:only|accepts?)(?: \S+){0,6} (?:from )?(?:members|subscribers|certain senders|"
        r"authori[sz]ed senders|authenticated senders)"
    ),
    r"sending to/from an address that has been blacklisted",
    (
        r"your (?:e-?mail|mail) ?(?:address)? (?:has been|is|was) (?:black|block)?(?:listed|"
        r"blocked|rejected|denied)"
    ),
    r"purported responsible address",
    r"not a registered gateway user",
    r"fully qualified (?:e-?mail|sender|address)",
    r"rule imposed mailbox access",
    r"your access to (?:submit messages|this)",
    r"recipient (?:addresses )?rejected: .{0,10}sender",
    r"(?:message|mail) (?:sender )?(?:refused|rejected) by (?:the )?(?:recipient|user)",
    r"message filtered\. ",
)
TOOMANYCONN = (
    r"too much recipients?",
    r"thread limit",
    (
        r"too many(?! unwanted)(?! spams?)(?: \S+){0,3} (?:connections?|sessions?|recipients|"
        r"errors|messages|smtp|concurrent|connects|e-?mails|mails|hosts)"
    ),
    r"trop de connexions",
    r"connection (?:rate|frequency|count|limit)(?: limit)?(?: \S+){0,2} (?:exceed|limit|reach)",
    (
        r"(?:maximum|max|exceed\w*|concurrent)(?: \S+){0,4} (?:connections?|connection limit|"
        r"sessions)"
    ),
    r"throttl",
    r"max(?:imum)? (?:emails|messages|mails) per (?:hour|day|minute)",
    r"numerous attempts to deliver",
)
SPEEDING = (
    (
        r"(?:rate|too (?:quickly|fast|often|frequently)|frequency)(?: \S+){0,5} (?:limit(?:ed|"
        r"s)?|exceed\w*|prevents|too high)"
    ),
    r"rate[- ]?limit",
    r"too (?:quickly|fast)\b",
    (
        r"(?:exceed|over)\w*(?: \S+){0,6} (?:sending|message|mail|e-?mail|hourly|daily|"
        r"recipient)(?: \S+){0,2} (?:rate|quota|limits?)"
    ),
    r"slow ?down",
    r"please try again slower",
    r"sending (?:rate|limit|quota)",
)
BLOCKED_NEXT = (
    r"looks suspiciously",
    r"unwanted messages",
    r"spamhaus",
    r"\brbls?\b",
    r"spamcop",
    r"sorbs",
    r"barracudacentral",
    r"abuseat",
    r"proofpoint dynamic",
    r"\bpdr\b",
    r"dynablock",
    r"njabl",
    r"ipbl\d+",
    r"(?:black|block|deny|grey|gray)[- ]?list(?:ed|ing|s)?\b",
    r"listed (?:at|in|on|by) ",
    (
        r"(?:ip|host|(?<!mail )server|network|client|connection)(?:'s)?(?: address| addresses|"
        r"s)?(?: \S+){0,6} (?:is |was |has been |have been |are |been |being |temporarily |"
        r"permanently |currently )*(?:blocked|banned|refused|rejected|denied|listed|disallowed|"
        r"not allowed|not permitted|not authori[sz]ed|blacklisted|blocklisted|forbidden|"
        r"restricted)"
    ),
    (
        r"(?:invalid|bad|blocked|banned|blacklisted|dynamic|extreme bad|your|client|sending|"
        r"source|zombied?)(?: \S+)? (?:ip|ips|ip address|ip profile|host)\b"
    ),
    r"blocked (?:using|by|for|due|because|from)",
    r"(?:was|been|is) blocked\b",
    r"block(?:ed)? list",
    r"(?:bad|bogus|forged|invalid) (?:helo|ehlo)",
    r"(?:helo|ehlo) (?:command|name|host)? ?(?:rejected|refused|invalid|argument)",
    r"wrong helo",
    r"connection (?:refused|dropped|reset|was dropped|closed|rejected|denied|lost|terminated)",
    r"refused to talk",
    r"not accepting connections",
    r"(?:you are )?not allowed to connect",
    r"refused - see",
    r"access (?:forbidden|not allowed|restricted)",
    r"server access",
    r"(?:do|does|will) not accept (?:mail|e-?mail|messages|connections)(?: \S+){0,2} from",
    r"not (?:currently )?accepting (?:mail|e-?mail)(?: \S+){0,2} from",
    r"no access from",
    r"reject(?:ing|s)? (?:mail|connections|all|open)(?: \S+){0,2} (?:from|prox)",
    r"too many (?:spams|unwanted)",
    r"\(bl\)",
    r"open (?:proxy|relay)",
    r"zombie",
    r"remotehost looks",
    r"please use the smtp server of your",
    r"is not allowed to send",
    r"may not be mail exchanger",
    r"abus d[ée]tect",
    r"service refus",
    r"service not available, closing",
    r"closing (?:transmission channel|connection)",
    r"(?:client )?host rejected",
    r"host network not",
)
FAILEDSTARTTLS_FIRST = (
    r"\b(?:tls|starttls)(?: is)? (?:required|needed)",
    r"(?:over|without) an? (?:tls|encrypted|secure) (?:connection|channel)",
    r"must issue an? starttls",
)
FAILEDSTARTTLS = (
    r"starttls",
    r"does not support (?:tls|ssl|encryption)",
    (
        r"\b(?:tls|ssl)\b(?: \S+){0,4} (?:required|failed|handshake|negotiat\w*|error|"
        r"not (?:available|supported|offered)|is needed)"
    ),
    r"(?:must|requires?)(?: \S+){0,4} (?:tls|encrypt\w*)",
    r"cert(?:ificate)? (?:verif|expired|not)",
)
SECURITYERROR = (
    (
        r"authentication (?:credentials|required|failed|failure|is required|turned on|"
        r"unsuccessful|information)"
    ),
    r"(?:smtp )?auth(?:entication)? (?:is )?(?:required|failed)",
    r"unauthenticated senders?",
    r"not authori[sz]ed to send",
    r"(?:log ?in|logon|password) (?:failed|denied|required)",
    r"you don't authenticate",
    r"must (?:first )?(?:authenticate|log ?in)",
    r"verification failed",
    r"insecure mechanism",
    r"account not subscribed to ses",
    r"security (?:policy|violation|error)",
    r"access denied",
)
BLOCKED = (r"\bblocked\b",)
