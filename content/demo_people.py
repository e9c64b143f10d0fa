"""The demonstration's made-up places and people, by name; what they publish and do is demo.py's."""

COUNTY_CODE, COUNTY_NAME = "330999", "清溪县"
TOWN_CODE, TOWN_NAME = "330999101", "柳河镇"
VILLAGE_CODE, VILLAGE_NAME = "330999101201", "柳河村"
PASSWORD = "xiangting-demo"
SMS_NUMBER = "106900000001"
PEOPLE = (
    ("zhou", "周桂芳（代办员）", ("agent",), VILLAGE_CODE),
    ("wu", "吴桂花（村监委会主任）", ("committee",), VILLAGE_CODE),
    ("town", "林秀兰（柳河镇便民服务中心）", ("township",), TOWN_CODE),
    ("county", "何建国（县政务服务）", ("county", "admin"), COUNTY_CODE),
    ("check", "陈晓燕（县政务服务审核）", ("county",), COUNTY_CODE),
    ("audit", "方明（县监察）", ("auditor",), COUNTY_CODE),
)


def log_ins() -> list[tuple[str, str]]:
    """(account, who that is) of every demonstration log-in; the password is PASSWORD."""
    return [(name, display_name) for name, display_name, _, _ in PEOPLE]
