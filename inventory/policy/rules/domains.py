"""Apex domains: the name that a company registered, as against its subdomains."""

# Two-label endings under which registries sell names. The full public suffix list is not carried: an ending missing
# here makes a registered name look like a subdomain, so that one hint less is given, never a wrong one.
_LONG_ENDINGS = frozenset(
    f"{second}.{country}"
    for country, seconds in {
        "uk": "co org me ltd plc net sch ac gov nhs",
        "au": "com net org edu gov id asn",
        "nz": "co org net ac govt school geek gen kiwi maori iwi",
        "za": "co org net web ac gov",
        "jp": "co or ne ac ad go gr lg ed",
        "kr": "co or ne re pe go ac",
        "in": "co org net firm gen ind ac gov",
        "br": "com org net gov edu art blog eco ind inf tv",
        "mx": "com org net gob edu",
        "ar": "com org net gob edu",
        "co": "com org net gov edu",
        "pe": "com org net gob edu",
        "tr": "com org net gov edu web gen info biz",
        "cn": "com org net gov edu ac",
        "tw": "com org net gov edu idv",
        "hk": "com org net gov edu idv",
        "sg": "com org net gov edu per",
        "my": "com org net gov edu name",
        "ph": "com org net gov edu",
        "th": "co or in ac go net",
        "id": "co or web sch ac go my biz",
        "vn": "com org net gov edu",
        "il": "co org net ac gov muni",
        "ae": "co org net ac gov sch",
        "sa": "com org net gov edu",
        "eg": "com org net gov edu",
        "ng": "com org net gov edu",
        "ke": "co or ne ac go",
        "pl": "com org net gov edu info biz waw",
        "ua": "com org net gov edu in kiev kyiv lviv",
        "at": "co or ac gv",
        "hu": "co org info",
        "es": "com org nom gob edu",
        "pt": "com org gov edu",
        "gr": "com org net gov edu",
        "ro": "com org info",
        "cy": "com org net gov ac",
    }.items()
    for second in seconds.split()
)


def is_apex(domain: str) -> bool:
    """Whether the domain is a registered name: ``example.com`` and ``example.co.uk``, not ``mail.example.com``."""
    labels = domain.rstrip(".").lower().split(".")
    if len(labels) == 3:
        return ".".join(labels[1:]) in _LONG_ENDINGS
    return len(labels) == 2 and ".".join(labels) not in _LONG_ENDINGS
