"""Words about what was in the message."""

CONTENTERROR_FIRST = (
    r"headers? (?:size |is |are |was )?(?:exceeds|too (?:large|big|long))",
    r"too many \W*received",
)
MESGTOOBIG = (
    r"(?:message|mail) size violation",
    r"too (?:large|big|long) (?:a )?(?:message|mail|e-?mail)",
    (
        r"(?:message|mail|e-?mail|file|attachment|size|body|data|line)s?(?: (?!queue)\S+){0,4} "
        r"(?:is |are |was )?(?:too (?:big|large|long)|larger than)"
    ),
    r"(?:message|mail|e-?mail|file|data)(?: file| body)? (?:size|length)(?: \S+){0,4} exceed",
    (
        r"exceed\w*(?: \S+){0,5} (?:message|mail|attachment|e-?mail|fixed|administrative|"
        r"server) (?:\S+ ){0,2}(?:size|limit|length)"
    ),
    (
        r"(?:maximum|max)(?: \S+){0,3} (?:message |mail |e-?mail )?size (?:was |is |"
        r"limit )?(?:exceeded|reached)"
    ),
    r"(?:size limit|line limit) exceeded",
    r"exceeds(?: the)? (?:maximum )?size",
    r"size exceeds",
    r"message (?:is )?over(?:sized| the size)",
)
NOTCOMPLIANTRFC = (
    r"(?:from|to|date|message-id|headers?) (?:header )?(?:is |are )?missing",
    r"not rfc ?\d* ?compliant",
    r"not compliant with rfc",
    (
        r"rfc[- ]?(?:2822|5322|822|5321|2821)(?: \S+){0,4} (?:violat|non|not|compliant|"
        r"specification)"
    ),
    r"(?:violat|non|not)\S*(?: \S+){0,4} rfc[- ]?(?:2822|5322|822|5321|2821)",
    (
        r"(?:duplicate|multiple|more than one|missing|without|no valid|lacks?|"
        r"lacking)(?: \S+){0,4} (?:from|to|date|subject|message-id|sender|"
        r"single-instance)\b:?(?: \S+)? ?headers?"
    ),
    r"single-instance headers?",
    r"multiple(?: \S+){0,2} addresses in from",
    r"duplicate headers?",
    r"headers? (?:is |are )?(?:missing|duplicated)",
    r"messages missing a valid",
    r"(?:blank|empty) from",
    r"from: addresses? (?:is|are) (?:not allowed|invalid|empty)",
    r"bare (?:lf|cr|line ?feed)",
    r"invalid (?:message )?header",
)
POLICYVIOLATION_FIRST = (
    r"(?:restricted by|failure) policy error",
    r"content presents a potential",
    r"for policy reasons",
)
CONTENTERROR = (
    (
        r"(?:headers?|header size|mime (?:structure|complexity|nesting|"
        r"parts?))(?: \S+){0,6} (?:too (?:large|big|long|deep|complex|many)|exceeds|invalid|"
        r"malformed|error)"
    ),
    r"too many (?:received|mime|hops in received|header)",
    r"improper use of 8-?bit",
    r"8-?bit data",
    r"charset not supported",
    r"character set",
    r"(?:unsupported|invalid|bad|unknown|illegal) (?:mime|encoding|charset|character)",
    r"media error",
    r"conversion (?:required|failed|not)",
    r"content(?: type)? (?:is )?not supported",
    r"(?:invalid|improper|malformed|improperly)[- ](?:mime|format\w*)",
    r"illegal attachment",
    (
        r"attachment(?:s|\(s\))?(?: \S+){0,5} (?:not (?:allowed|accepted|permitted)|prohibited|"
        r"forbidden|blocked|denied|rejected|removed|illegal|unacceptable)"
    ),
    (
        r"(?:forbidden|prohibited|banned|blocked|restricted|dangerous|executable) (?:attachment|"
        r"file ?type|file ?name|file|extension)"
    ),
    r"unnecessary base64",
    r"headers? fail(?:s|ed)? syntax",
    r"mime[/ ]reject",
    r"invalid (?:mime )?structure",
    r"\bbanned(?:\s*:| (?:content|name|part))",
    r"executable files? (?:is|are|was|were)",
)
VIRUSDETECTED = (
    r"(?<!spam or )\bvirus(?:es)?\b(?! (?:firewall|scanner|and spam|or spam|&))(?! ?/? ?spam)",
    r"\b(?:malware|trojan|worm|infected|malicious (?:content|code|attachment|file))\b",
    r"potentially executable",
    r"(?:virus|infected)(?: \S+){0,3} found",
    r"win32[./]",
    r"eicar",
    r"phish(?:ing)?(?:\.|-url|_)",
)
SPAMDETECTED = (
    r"quarantined",
    r"(?:refused|rejected|blocked) as (?:junk|bulk)",
    r"appears to be (?:unsolicited|junk|bulk)",
    r"suspicious due to the nature of the content",
    r"\bcontent reject",
    r"identified as (?:bulk|unsolicited|junk)",
    r"\b(?:un)?solicited (?:bulk|commercial|e-?mail|mail|advert)",
    r"\b(?:ube|uce)\b",
    (
        r"(?<!anti-)(?<!anti)(?<!not )\bspam(?:my|ming|mer|like|-like|ware|trap|"
        r"assassin)?\b(?! (?:and|&) virus| blocker| (?:ip|reports? to))"
    ),
    r"\bjunk (?:mail|e-?mail)",
    r"bulk (?:mail|e-?mail)(?: \S+){0,2} (?:filter|detect)",
    (
        r"(?:mail|message|e-?mail)? ?content (?:has been |was |is )?(?:denied|rejected|refused|"
        r"blocked|filtered)"
    ),
    (
        r"(?:rejected|blocked|refused|denied)(?: \S+){0,4} (?:due to|because of|for) (?:its |"
        r"the |message )?(?:unacceptable |objectionable )?content"
    ),
    r"(?:blacklisted|listed|blocked|bad|malicious|suspicious) (?:url|link|uri|domain in)",
    r"(?<!your )(?:url|uri|link|domain)s?(?: \S+){0,5} (?:surbl|uribl|dbl|blacklist|blocklist)",
    r"surbl",
    r"uribl",
    r"looks like (?:junk|a virus or junk|bulk)",
    r"cloudmark",
    r"message (?:is )?(?:considered|classified|identified|flagged|marked) (?:as )?",
    r"スパム",
    r"迷惑メール",
    r"спам",
    r"pourriel",
    r"ind[ée]sirable",
    r"unerw[üu]nscht",
    r"垃圾",
)
POLICYVIOLATION = (
    r"polic(?:y|ies)",
    r"organi[sz]ation(?:al)? settings",
    r"closed mailing list",
    r"not (?:a )?(?:subscribed to (?:this|the)|member)",
    r"support for .{0,20}(?:macros|attachments)",
    r"message given low priority",
    r"(?:do|does) not accept messages containing",
    r"does not (?:accept|want)(?: \S+){0,4} attachments",
    r"(?:not accepting|refus\w+) (?:mail|messages) with",
    r"protocol violation",
    r"improper command pipelining",
)
