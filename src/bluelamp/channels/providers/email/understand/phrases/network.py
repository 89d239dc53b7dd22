"""Words about hosts, networks and the receiving system itself."""

SYSTEMFULL = (
    r"insufficient disk space; try again",
    r"mail ?system (?:is )?full",
    r"^(?:\W|requested mail action aborted:?)*exceeded storage allocation(?!.{0,40}quota)",
    r"not enough free space",
    r"insufficient (?:system )?(?:storage|resources)",
    r"no space left on device.{0,40}(?:queue|spool)",
)
NETWORKERROR_FIRST = (
    r"(?:mail|routing|forwarding|message|delivery|e-?mail) ?loop",
    r"loops back",
    r"too many hops",
    r"hop ?count (?:was |is )?exceeded",
    r"maximum hop",
    r"hops exceeded",
    r"forwarded more than the maximum",
    r"name service error for (?:domain )?\S*:? ?host not found, try again",
    r"host name lookup failure",
    r"host not found, try again",
    r"nxdomain",
    r"(?<!type=mx: )malformed (?:or unexpected )?name server reply",
    r"(?<!or )domain name not found",
    r"had no relevant answers",
    r"dns type '?(?:mx|a|aaaa)\b(?!.*null mx)",
)
HOSTUNKNOWN = (
    r"domain (?:name )?of the recipient(?: address)? (?:is |was |does )?(?:unknown|not )",
    r"bad destination host",
    (
        r"(?:host|domain)(?: name| or domain name|/domain name| or domain)*(?: (?!user|said|"
        r"address)\S+){0,2} (?:is |was |does |could |must )*(?:unknown|not (?:be )?found|"
        r"not exist|n't exist|exist\b|n't be found)(?! try again)(?!, try)"
    ),
    (
        r"(?:unknown|no such|illegal|invalid|bad|nonexistent|non-existent|"
        r"unrout(?:e)?able) (?:destination |recipient |mail |target |remote )?(?:host|domain|"
        r"system)\b"
    ),
    r"(?:couldn't|could not|cannot|can't|unable to) find any host (?:named|by that name)",
    r"name or service not known",
    r"nodename nor servname",
    (
        r"all (?:host address lookups failed permanently|"
        r"relevant mx records point to non-existent hosts)"
    ),
    r"account or domain may not exist",
    r"domain (?:mentioned|part) (?:in|of)(?: \S+){0,4} unknown",
    r"mail domain(?: \S+){0,5} is unknown",
    r"unrout(?:e)?able (?:mail )?(?:domain|address)",
    r"domain is (?:not reachable|unreachable)",
    r"dns (?:domain|name) (?:\S+ )?does not exist",
    r"bad destination (?:host|system)",
    r"domain(?: \S+)? has expired",
)
NOTACCEPT = (
    r"type=mx: malformed or unexpected name server reply",
    r"null ?mx",
    r"name server: \.: host not found",
    r"smtp protocol returned a permanent error",
    (
        r"(?:does(?:n't| not)|do not|don't|not) (?:accept|receive)(?:ing)?(?: any)? (?:mail|"
        r"e-?mail|messages)(?: at all| according|\s*\(|\s*$|\.|,| from anyone)"
    ),
    r"no smtp service",
    r"couldn't find a mail exchanger",
    r"no mx (?:record )?(?:found |host |record)",
    r"no mail exchanger",
    r"(?:no|without an?) valid mx",
    r"mail receiving disabled",
    r"no host found for existing smtp",
    (
        r"(?:host|server|system|domain)(?:/domain)?(?: \S+){0,3} (?:does not|doesn't|not|"
        r"never) accept(?:s|ing)? (?:any )?(?:mail|e-?mail|messages|network messages)"
    ),
    r"no route for current request",
    r"invalid mx record",
    r"no (?:valid )?mail (?:server|host)s?(?: \S+){0,3} (?:found|exist|for)",
)
EXPIRED_SAID = (
    r"message (?:has )?(?:timed out|expired)",
    r"delivery (?:time )?expired",
)
"""The reporter's own verdict, whatever the last attempt met."""
EXPIRED_FIRST = (
    r"(?:connection|operation|session|conversation|read|write)(?: \S+){0,2} timed? ?out",
    r"did not accept our requests to connect",
    r"host not reachable",
)
NETWORKERROR = (
    r"(?:mail|routing|forwarding|message|delivery|email|e-mail) ?loop",
    r"loop(?:ing|s back)?\b(?: detected)?",
    r"too many hops",
    r"(?:maximum |max )?hop ?count",
    r"hops? (?:limit )?exceeded",
    r"forwarded more than the maximum",
    r"(?:host )?name (?:service|server|lookup)(?: \S+){0,4} (?:error|fail\w*|problem)",
    r"name server: ",
    r"host not found, try again",
    (
        r"dns (?:error|lookup|query|records?|failure|problem)(?: \S+){0,6}(?:fail\w*|"
        r"not be found|error|timed|could not|responded)?"
    ),
    r"domain name not found",
    r"nxdomain",
    r"had no relevant answers",
    r"malformed (?:or unexpected )?name server reply",
    r"dns type '?(?:mx|a|aaaa)",
    r"(?:host|network)(?: \S+)? (?:is )?unreachable",
    r"no route to (?:host|destination)",
    r"unable to route",
    r"no name ?servers?",
    r"network (?:error|is down|problem)",
    (
        r"(?:unable|wasn't able|not able|could not|couldn't|can't|cannot|"
        r"failed) to (?:establish|open|make)(?: \S+){0,2} (?:connection|smtp connection|session)"
    ),
    r"(?:could not|cannot|unable to|can't|failed to) connect(?! \S+ \S+ because)",
    r"unable to resolve route",
    r"no answer from host",
    r"routing (?:error|server)",
    r"dns records for the",
    r"routes to destination blocked",
    r"address family mismatch",
    r"retrieve source address",
    r"no valid route",
    r"best-preference mx",
    r"host map: lookup",
    r"lookup failed",
    r"fail(?:ed|ure) to (?:look up|resolve)",
    r"(?:lost|interrupted) connection",
    r"bad connection",
    r"(?:peer|remote|server|host) (?:unexpectedly )?closed (?:the )?connection",
)
SYSTEMERROR = (
    (
        r"(?:local|system|internal|server|service|remote|unexpected|configuration|mail server|"
        r"general)(?: \S+){0,2} (?:error|failure|problem|mis-?configur\w+|configuration error|"
        r"exception|malfunction)"
    ),
    r"service (?:is )?(?:currently |temporarily )?(?:unavailable|not available|down)",
    r"server (?:is )?(?:busy|temporarily unavailable|down|overloaded|shutting)",
    r"(?:temporarily|currently) (?:unavailable|rejected|deferred|out of|unable)",
    r"try again later",
    r"greylist",
    r"graylist",
    (
        r"(?:can't|cannot|could not|couldn't|unable to|failed to) (?:create|open|write|load|"
        r"read|lock|access|process|append|deliver locally|chdir|save|store)"
    ),
    r"queue file",
    r"(?:disk|write|read|fork) (?:write )?error",
    r"unable to fork",
    r"mailbox (?:is )?busy",
    r"excessive recursion",
    r"mx record points to local host",
    r"bounced by administrator",
    r"i/o error",
    r"input/output",
    r"interrupted",
    r"out of memory",
    r"resources? (?:temporarily )?(?:not available|unavailable)",
    r"permission denied",
    r"insufficient permission",
    r"ldap",
    r"database",
    r"mdb\b",
    r"homedir",
    r"loop was found",
    r"encountered an error",
    r"delivery to (?:file|pipe) forbidden",
    r"timeout waiting",
    r"several matches found",
    r"resolver\.adr\.ambiguous",
    r"cannot send e-?mail 0x",
    r"lmtp error",
    r"local delivery failed",
    r"transaction failed",
    r"temporary (?:local )?(?:problem|lookup)",
    r"error in processing",
    r"unable to (?:process|relay|deliver) (?:command|at this time)",
    r"cannot be processed",
)
SYNTAXERROR = (
    r"syntax error",
    r"angle-brackets",
    r"expected word",
    r"malformed address",
    r"domain missing",
    r"command (?:parameter )?(?:not )?(?:implemented|unrecogni[sz]ed|recogni[sz]ed)",
    r"bad sequence",
    r"(?:un)?recogni[sz]ed command",
    r"command not",
    r"need (?:mail|rcpt) (?:command)?",
    r"parameters?(?: \S+){0,2} not",
    r"invalid (?:command|parameter|argument|syntax)",
    r"source-routed",
)
EXPIRED = (
    r"(?:maximum|max)(?: \S+)? (?:retry|retries|attempts)",
    r"no (?:response|reply|answer) from",
    r"timed? ?out",
    r"time-?out",
    r"(?:delivery|message|mail)(?: time)?(?: \S+){0,2} expired",
    r"expired",
    (
        r"(?:could not|cannot|can't|was not|not been|unable to)(?: \S+)? (?:be )?(?:deliver\w*|"
        r"reach\w*|sent)(?: \S+){0,3} (?:for|within|after|in|over)(?: \S+){0,4} (?:\d+|hours?|"
        r"days?|minutes?|long|attempts|retries|queue|period)"
    ),
    r"after (?:over )?\d+ (?:tries|attempts|retries|days|hours)",
    r"(?:cannot|could not) send (?:mail|message) (?:for|within)",
    r"(?:retry|retries|attempts?)(?: count| limit)? (?:exceeded|exhausted)",
    r"in the queue too long",
    r"retry time(?:out)? (?:exceeded|not reached)",
    r"all hosts have been failing",
    r"failing for a long time",
    r"giving up",
    r"multiple retries",
    r"\d+ attempts",
    r"has been (?:frozen|delayed)",
    r"was frozen",
    r"delay(?:ed)? (?:reason|more|for)",
    r"not yet been delivered",
    r"will (?:continue to be |be )?retried",
    r"no action is required",
    r"delivery attempts will",
    r"temporary failure",
    r"deferred",
    r"did not (?:respond|accept our requests to connect)",
    r"not respond",
    r"will keep trying",
    r"could not find a gateway",
    r"not collected",
    r"server did not",
    r"socket error",
    r"still trying",
    r"stopped trying",
)
