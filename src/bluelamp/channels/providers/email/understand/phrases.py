"""What mail systems say, by reason: the first family that matches wins.

Each line is a regular expression over the report's words in lower case, with
white space collapsed and e-mail addresses, URLs and reply codes taken out.
Keep lines general (a family, not a sentence) and put the narrower cause first:
"blocked: mailbox full" is a full mailbox.  Every line needs a mail in
``tests/fixtures/mail`` or a source in its comment only where it surprises.
"""

from __future__ import annotations

from .values import Reason as R

USER = r"(?:user|recipient|mailbox|address|account|addressee|alias|e-?mail(?: account| address)?|userid|local ?part|inbox|person)"
"""What a mailbox is called."""
BOX = r"(?:mailbox|mail ?box|inbox|account|maildir|mail ?folder|mail ?file|mail|message store|in-?tray|user)"

FAMILIES: tuple[tuple[R, tuple[str, ...]], ...] = (
    (
        R.SUPPRESSED,
        (
            r"suppress(?:ed|ion)",
            r"address (?:is )?on (?:the|our) (?:bounce|unsubscribe) list",
            r"(?:recipient|address) (?:has )?(?:previously )?(?:hard[- ])?bounced (?:previously|recently|too)",
        ),
    ),
    (
        R.SYSTEMFULL,
        (
            r"mail ?system (?:is )?full",
            r"^(?:\W|requested mail action aborted:?)*exceeded storage allocation",
            r"not enough free space",
            r"insufficient (?:system )?(?:storage|resources)",
            r"no space left on device.{0,40}(?:queue|spool)",
        ),
    ),
    (
        R.MAILBOXFULL,
        (
            rf"{BOX}(?:'s|s)?(?: \S+){{0,3}} (?:is |are |was )?(?:currently |almost |too )?(?:full|overfull|overflow(?:ing)?)\b",
            r"(?:full|overfull) (?:mail ?box|inbox|maildir|mail folder)",
            r"over (?:its |the |their |his |my )?(?:\w+ )?(?:disk |disc |mail ?box |mail |storage |allowed )?quota",
            r"(?<!message )quota (?:has been |is |was |usage )?(?:exceed|violat|full|reached|exhausted|over)",
            r"(?:exceed|exhaust|out of|reached)\w*(?: \S+){0,6} (?:quota|disk space|storage (?:limit|space|quota|allocation|capacity)|mailbox (?:size|limit))",
            r"(?:mailbox|disk|disc|storage|inbox) (?:\S+ ){0,3}(?:quota|space|size|limit|capacity)(?: limit)?(?: \S+){0,3} (?:exceed|reached|full|used up|insufficient)",
            r"exceeded (?:the )?(?:mailbox |local |storage )(?:size |limit|allocation)",
            r"(?:not enough|insufficient|no|out of|does(?:n't| not) have enough) (?:free |disk |disc |storage |mailbox )*(?:space|storage)\b(?! limit)(?! to process)",
            r"(?:over|exceeds?|exceeding) (?:the )?(?:maximum )?allowed (?:mailbox size|quota|storage)",
            r"would (?:be over|exceed)(?: \S+){0,5} (?:quota|storage|mailbox)",
            r"too (?:much mail data|many messages (?:on|in) (?:the server|this mailbox|the mailbox|mailbox))",
            r"(?:user|account|mailbox|recipient)(?:'s)?(?: \S+){0,3} over ?quota",
            r"(?:userdisk|domaindisk) quota|overquota|mapiexceptionshutoffquotaexceeded|quota_exceeded",
            r"(?:mailbox|inbox) (?:has )?exceed(?:ed|s)|mailbox size limit|mail file size exceeds",
            r"as their mailbox is full|space has been used up",
            r"bo[iî]te (?:aux lettres |mail )?(?:du destinataire )?(?:est )?pleine|quota d[ée]pass[ée]",
            r"postfach (?:ist )?(?:voll|[üu]berf[üu]llt)|speicherplatz",
            r"buz[óo]n (?:est[áa] )?lleno|casella (?:di posta )?piena|caixa postal cheia|mailbox vol\b",
            r"ящик (?:\S+ )?переполнен|переполнен",
            r"メールボックス(?:が|の).{0,12}(?:いっぱい|一杯|容量|満杯)|容量(?:を|が).{0,8}(?:超|オーバー)|邮箱(?:空间)?已?满",
        ),
    ),
    (R.CONTENTERROR, (r"headers? (?:size |is |are |was )?(?:exceeds|too (?:large|big|long))|too many \W*received",)),
    (
        R.EXCEEDLIMIT,
        (
            r"(?:message|mail)(?: \S+){0,3} exceed\w*(?: \S+){0,5} (?:set by|of) (?:the )?(?:recipient|user)",
            r"exe?eded the maximum size the user accepts",
            r"recipient(?: \S+){0,4} (?:cannot|can't|can not) receive (?:messages|mail)(?: \S+){0,3} (?:size|large)",
            r"recipient size limit|(?:larger|bigger) than (?:this|the) (?:recipient|user)(?:'s)?|resolver\.rst\.recipsizelimit",
        ),
    ),
    (
        R.MESGTOOBIG,
        (
            r"(?:message|mail|e-?mail|file|attachment|size|body|data|line)s?(?: \S+){0,4} (?:is |are |was )?(?:too (?:big|large|long)|larger than)",
            r"(?:message|mail|e-?mail|file|data)(?: file| body)? (?:size|length)(?: \S+){0,4} exceed",
            r"exceed\w*(?: \S+){0,5} (?:message|mail|attachment|e-?mail|fixed|administrative|server) (?:\S+ ){0,2}(?:size|limit|length)",
            r"(?:maximum|max)(?: \S+){0,3} (?:message |mail |e-?mail )?size (?:was |is |limit )?(?:exceeded|reached)",
            r"(?:size limit|line limit) exceeded|exceeds(?: the)? (?:maximum )?size|size exceeds",
            r"message (?:is )?over(?:sized| the size)",
        ),
    ),
    (
        R.NETWORKERROR,
        (
            r"(?:mail|routing|forwarding|message|delivery|e-?mail) ?loop|loops back|too many hops|hop ?count (?:was |is )?exceeded|maximum hop|hops exceeded",
            r"forwarded more than the maximum|name service error for (?:domain )?\S*:? ?host not found, try again|host name lookup failure|host not found, try again",
            r"nxdomain|(?<!type=mx: )malformed (?:or unexpected )?name server reply|(?<!or )domain name not found|had no relevant answers|dns type '?(?:mx|a|aaaa)\b(?!.*null mx)",
        ),
    ),
    (
        R.SUSPEND,
        (
            rf"{USER}(?:'s)?(?: \S+){{0,8}} (?:is|was|has|been|are|currently|temporarily|not|now|:|have)(?: \S+){{0,3}} (?:suspended|disabled|deactivated|inactive|locked|frozen|archived|terminated|closed|cancell?ed|dormant|discontinued|expired|on hold)\b",
            rf"(?:suspended|disabled|deactivated|inactive|locked|frozen|terminated|closed|discontinued|dormant|archived) {USER}",
            rf"{USER}(?: \S+){{0,2}} (?:suspended|disabled|deactivated|inactive|locked|frozen|archived|terminated|discontinued)\b",
            r"account is temporarily limited|is (?:currently|temporarily) suspended|user has been blocked|invalid/inactive user|user is terminated|temporarily inactive|temporary locked",
            r"recipient suspend the service|no longer accept(?:s|ing) (?:mail|e-?mail)|mailbox is (?:currently )?(?:unavailable and )?not (?:currently )?in use",
            r"archiv[ée]e?\b.{0,30}destinataire|destinataire archiv",
            r"(?:user|account|mailbox) (?:or domain )?(?:is )?(?:not active|not currently active|inactive)",
            r"アカウント.{0,12}(?:停止|無効)|受信(?:を)?停止|konto (?:ist )?(?:gesperrt|deaktiviert)|заблокирован|account (?:is )?on vacation hold",
        ),
    ),
    (
        R.HASMOVED,
        (
            r"(?:address|mailbox|recipient|user|account)(?: \S+){0,4} has (?:been )?(?:moved|changed|replaced|migrated)",
            r"has been replaced by|address (?:has )?changed|new (?:e-?mail )?address is|i have (?:changed|moved)",
            r"user (?:has )?moved|please (?:use|update)(?: \S+){0,3} (?:new|following) (?:e-?mail )?address|no longer (?:at|with|works|employed)",
        ),
    ),
    (R.SECURITYERROR, (r"turn on smtp authentication",)),
    (R.SPEEDING, (r"(?:temporarily|been) rate[- ]limited(?!.{0,40}reputation)",)),
    (R.BLOCKED, (r"helo command rejected|helo command blocked",)),
    (
        R.NORELAYING,
        (
            r"rela(?:y|ying|ied)(?: \S+){0,4} (?:is |was |not )*(?:denied|prohibited|permitted|allowed|forbidden|refused|disallowed|restricted|supported)",
            r"(?:not|no|un|un?able to|cannot|can't|refuse[sd]? to|don't|doesn't|denied|deny|insecure|unauthori[sz]ed|not an open|not permitted to|forbidden to|never)(?: \S+){0,4} ?(?:mail )?relay",
            r"relay(?:ing)? (?:mail )?(?:access|through|to)(?: \S+){0,5} (?:denied|requires|not|is)",
            r"not a (?:gateway|relay)|not local host|as a relay|use of smtp as mail gate|mail gate is forbidden",
            r"(?:domain|recipient) (?:isn't|is not|not) in (?:my|our|the)(?: list of)? ?(?:allowed )?rcpthosts?|allowed rcpthost",
            r"(?:don't|do not|doesn't|does not) (?:handle|host|accept) (?:mail|e-?mail|messages?) for (?:this|that|the|your)?\b",
            r"authentication when attempting to send to a non-local|^\W*relaying mail to|smtp relay error|handle mail for|email address is not verified|identities failed the check",
            r"(?:recipient|domain)(?: \S+){0,3} not (?:hosted|local) (?:here|on this)",
        ),
    ),
    (
        R.AUTHFAILURE,
        (
            r"\bdmarc\b|domain-based message authentication",
            r"\bspf\b(?! record of the recipient)|sender policy framework|spf\.pobox|openspf",
            r"\bdkim\b|domainkeys",
            r"(?:fails?|failed|failing) to pass(?: \S+){0,3} authentication|does not have authentication information|unauthenticated (?:e-?mail|mail|message) from",
            r"(?:sender|message|mail|e-?mail|domain) (?:is )?(?:unauthenticated|not authenticated)|sender authentication (?:failed|required)",
            r"not (?:a )?(?:designated|authori[sz]ed|permitted) (?:sender|mailer|to send (?:e-?mail |mail )?(?:on behalf|from|for))|spoof",
        ),
    ),
    (
        R.REQUIREPTR,
        (
            r"reverse (?:dns|lookup|name|address|hostname|resolution|ip)|rdns|r-?dns|inverse (?:dns|resolution)|dns inverse",
            r"\bptr\b",
            r"(?:cannot|could not|can't|unable to|couldn't|failed to) (?:find|resolve|verify)(?: \S+){0,3} (?:your|the client|client|sending|connecting|sender'?s?) (?:host ?name|address|ip|hostname)",
            r"cannot find your (?:hostname|reverse)|cannot resolve your address|ip name lookup failed|unverifyable sending ip|unresolvable relay host",
            r"(?:ip|client|host)(?: address)? (?:has|have|with|without|lacks?) (?:no|a|missing|generic|any)? ?(?:valid |generic )?(?:hostname|host name|dns (?:name|entry|record))",
            r"forward dns|generic (?:dns|rdns|ptr|hostname)|without a valid sender domain|invalid ptr|forward[- ]confirmed",
        ),
    ),
    (
        R.NOTCOMPLIANTRFC,
        (
            r"not rfc ?\d* ?compliant|not compliant with rfc|rfc[- ]?(?:2822|5322|822|5321|2821)(?: \S+){0,4} (?:violat|non|not|compliant|specification)|(?:violat|non|not)\S*(?: \S+){0,4} rfc[- ]?(?:2822|5322|822|5321|2821)",
            r"(?:duplicate|multiple|more than one|missing|without|no valid|lacks?|lacking)(?: \S+){0,4} (?:from|to|date|subject|message-id|sender|single-instance)\b:?(?: \S+)? ?headers?",
            r"single-instance headers?|multiple(?: \S+){0,2} addresses in from|duplicate headers?|headers? (?:is |are )?(?:missing|duplicated)|messages missing a valid",
            r"(?:blank|empty) from|from: addresses? (?:is|are) (?:not allowed|invalid|empty)|bare (?:lf|cr|line ?feed)|invalid (?:message )?header",
        ),
    ),
    (
        R.BADREPUTATION,
        (
            r"\breputation\b",
            r"due to (?:unexpected volume|user complaints|unusual traffic)|(?:too many|excessive|high (?:number|volume|rate) of)(?: \S+){0,3} complaints",
            r"(?:permanently|temporarily) deferred.{0,40}(?:volume|complaint)",
        ),
    ),
    (R.POLICYVIOLATION, (r"content presents a potential|for policy reasons",)),
    (
        R.CONTENTERROR,
        (
            r"(?:headers?|header size|mime (?:structure|complexity|nesting|parts?))(?: \S+){0,6} (?:too (?:large|big|long|deep|complex|many)|exceeds|invalid|malformed|error)",
            r"too many (?:received|mime|hops in received|header)",
            r"improper use of 8-?bit|8-?bit data|charset not supported|character set|(?:unsupported|invalid|bad|unknown|illegal) (?:mime|encoding|charset|character)",
            r"media error|conversion (?:required|failed|not)|content(?: type)? (?:is )?not supported|(?:invalid|improper|malformed|improperly)[- ](?:mime|format\w*)",
            r"illegal attachment|attachment(?:s|\(s\))?(?: \S+){0,5} (?:not (?:allowed|accepted|permitted)|prohibited|forbidden|blocked|denied|removed|illegal|unacceptable)|(?:forbidden|prohibited|banned|blocked|restricted|dangerous|executable) (?:attachment|file ?type|file ?name|file|extension)",
            r"unnecessary base64|executable files? (?:is|are|was|were)",
        ),
    ),
    (
        R.VIRUSDETECTED,
        (
            r"\bvirus(?:es)?\b(?! (?:firewall|scanner|and spam|&))(?! ?/? ?spam)",
            r"\b(?:malware|trojan|worm|infected|malicious (?:content|code|attachment|file))\b",
            r"potentially executable|(?:virus|infected)(?: \S+){0,3} found|win32[./]|eicar|phish(?:ing)?(?:\.|-url|_)",
        ),
    ),
    (
        R.REJECTED,
        (
            r"sender(?:'s)?(?: \S+){0,6} (?:is |was |has been |been |not )*(?:rejected|refused|denied|blocked|blacklisted|blocklisted|invalid|unknown|not (?:allowed|permitted|accepted|exist|found|pre-?approved)|does ?n[o']t exist|is empty|is spammer|verif(?:y|ication) fail\w*|unverif\w+)",
            r"(?:invalid|unknown|bad|blocked|illegal|unroutable|unrouteable|null|empty|rejected|denied|forged|unverified|nonexistent) (?:envelope |mail )?(?:sender|from)\b",
            r"domain of (?:the )?sender(?:'s)?(?: address)?(?: \S+)? (?:does not|doesn't|not|is|could)",
            r"sender (?:address|domain|e-?mail|verify|mail)|sender is (?:in|on) (?:my|the|our)|(?:black|block) ?list(?:ed)?.{0,20} sender|mail from (?:not owned|command|address|domain|rejected|denied|this (?:sender|address)|you)",
            r"secumail|(?:manually )?blocked senders?|empty envelope sender|provide a valid from|recursive cname|empty e-?mail address|server does not accept mail from|resolver\.rst\.(?:not|auth)|batv|backscatter|bounce ?deny|third-party dsn|unsigned dsn|returned mail not accepted|bogus mail from|emetteur invalide|exp[ée]diteur",
            r"administrative(?:ly)? prohibit|envelope blocked|delivery not authori[sz]ed|does not exist e\d+",
            r"you are not (?:allowed|permitted|authori[sz]ed) to (?:post|send (?:mail |messages |e-?mail )?(?:to|mail))|not (?:allowed|authori[sz]ed|permitted) to (?:send|post)(?: \S+){0,3} (?:to this|to the|to group|group|recipient|list|mailing)",
            r"permission to post|may not (?:exist, or you may not have permission|be open to posting)|(?:only|accepts?)(?: \S+){0,6} (?:from )?(?:members|subscribers|certain senders|authori[sz]ed senders|authenticated senders)",
            r"sending to/from an address that has been blacklisted|your (?:e-?mail|mail) ?(?:address)? (?:has been|is|was) (?:black|block)?(?:listed|blocked|rejected|denied)",
            r"purported responsible address|not a registered gateway user|fully qualified (?:e-?mail|sender|address)|rule imposed mailbox access",
            r"your access to (?:submit messages|this)|recipient (?:addresses )?rejected: .{0,10}sender|(?:message|mail) (?:sender )?(?:refused|rejected) by (?:the )?(?:recipient|user)|message filtered\. ",
        ),
    ),
    (
        R.HOSTUNKNOWN,
        (
            r"(?:host|domain)(?: name| or domain name|/domain name| or domain)*(?: \S+){0,4} (?:is |was |does |could |must )*(?:unknown|not (?:be )?found|not exist|n't exist|exist\b|n't be found)(?! try again)(?!, try)",
            r"(?:unknown|no such|illegal|invalid|bad|nonexistent|non-existent|unrout(?:e)?able) (?:destination |recipient |mail |target |remote )?(?:host|domain|system)\b",
            r"(?:couldn't|could not|cannot|can't|unable to) find any host (?:named|by that name)|name or service not known|all (?:host address lookups failed permanently|relevant mx records point to non-existent hosts)",
            r"account or domain may not exist|domain (?:mentioned|part) (?:in|of)(?: \S+){0,4} unknown|mail domain(?: \S+){0,5} is unknown|unrout(?:e)?able (?:mail )?(?:domain|address)",
            r"domain is (?:not reachable|unreachable)|dns (?:domain|name) (?:\S+ )?does not exist|bad destination (?:host|system)|domain(?: \S+)? has expired",
        ),
    ),
    (
        R.NOTACCEPT,
        (
            r"type=mx: malformed or unexpected name server reply|null ?mx|name server: \.: host not found|smtp protocol returned a permanent error|(?:does(?:n't| not)|do not|don't|not) (?:accept|receive)(?:ing)?(?: any)? (?:mail|e-?mail|messages)(?: at all| according|\s*\(|\s*$|\.|,| from anyone)|no smtp service",
            r"couldn't find a mail exchanger|no mx (?:record )?(?:found |host |record)|no mail exchanger|mail receiving disabled|no host found for existing smtp",
            r"(?:host|server|system|domain)(?:/domain)?(?: \S+){0,3} (?:does not|doesn't|not|never) accept(?:s|ing)? (?:any )?(?:mail|e-?mail|messages|network messages)",
            r"no route for current request|invalid mx record|no (?:valid )?mail (?:server|host)s?(?: \S+){0,3} (?:found|exist|for)",
        ),
    ),
    (
        R.SPAMDETECTED,
        (
            r"\b(?:un)?solicited (?:bulk|commercial|e-?mail|mail|advert)|\b(?:ube|uce)\b",
            r"(?<!anti-)(?<!anti)(?<!not )\bspam(?:my|ming|mer|like|-like|ware|trap|assassin)?\b(?! (?:and|&) virus| blocker| (?:ip|reports? to))",
            r"\bjunk (?:mail|e-?mail)|bulk (?:mail|e-?mail)(?: \S+){0,2} (?:filter|detect)|(?:mail|message|e-?mail)? ?content (?:has been |was |is )?(?:denied|rejected|refused|blocked|filtered)|(?:rejected|blocked|refused|denied)(?: \S+){0,4} (?:due to|because of|for) (?:its |the |message )?(?:unacceptable |objectionable )?content",
            r"(?:blacklisted|listed|blocked|bad|malicious|suspicious) (?:url|link|uri|domain in)|(?:url|uri|link|domain)s?(?: \S+){0,5} (?:surbl|uribl|dbl|blacklist|blocklist)|surbl|uribl|looks like (?:junk|a virus or junk|bulk)|cloudmark|message (?:is )?(?:considered|classified|identified|flagged|marked) (?:as )?",
            r"スパム|迷惑メール|спам|pourriel|ind[ée]sirable|unerw[üu]nscht|垃圾",
        ),
    ),
    (
        R.TOOMANYCONN,
        (
            r"too many(?! unwanted)(?! spams?)(?: \S+){0,3} (?:connections?|sessions?|recipients|errors|messages|smtp|concurrent|connects|e-?mails|mails|hosts)|trop de connexions",
            r"connection (?:rate|frequency|count|limit)(?: limit)?(?: \S+){0,2} (?:exceed|limit|reach)|(?:maximum|max|exceed\w*|concurrent)(?: \S+){0,4} (?:connections?|connection limit|sessions)",
            r"throttl|max(?:imum)? (?:emails|messages|mails) per (?:hour|day|minute)|numerous attempts to deliver",
        ),
    ),
    (
        R.SPEEDING,
        (
            r"(?:rate|too (?:quickly|fast|often|frequently)|frequency)(?: \S+){0,5} (?:limit(?:ed|s)?|exceed\w*|prevents|too high)|rate[- ]?limit|too (?:quickly|fast)\b",
            r"(?:exceed|over)\w*(?: \S+){0,6} (?:sending|message|mail|e-?mail|hourly|daily|recipient)(?: \S+){0,2} (?:rate|quota|limits?)|slow ?down|please try again slower|sending (?:rate|limit|quota)",
        ),
    ),
)
