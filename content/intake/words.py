"""The words village bookkeepers use for columns and for special rows; only spellings, no logic.

A vocabulary lists (role, pattern) in the order in which columns are given away: a column goes to the first role
that wants it, a role takes one column (on each side of a two-sided table). Patterns match a heading from end to
end, without spaces and bracketed notes, either alone or behind its group heading ('期限' over '起' is '期限起').
"""

import re
from dataclasses import dataclass

_MONEY_TAIL = r"(?:金?额|数额?|合计|小计|总额|总计)?(?:小写)?"
INCOME = rf"(?:本(?:[年月期季]|季度|年度)|当期)?(?:总?收入|借方|进账|进帐|收方|收款|转入|存入|入账|收|进)(?:发生)?{_MONEY_TAIL}"
EXPENSE = rf"(?:本(?:[年月期季]|季度|年度)|当期)?(?:总?支出|贷方|付款|付出|出账|出帐|付方|转出|支取|开支|支|付|出)(?:发生)?{_MONEY_TAIL}"
_SIDE = r"(?:(?:收入|支出|收方|付方)(?:部分|情况)?)?"

CASH = (
    ("year", r"年份?"),
    ("month", r"(?:.*年)?月份?"),
    ("day", r"(?:.*年)?日"),
    ("date", r"(?:记账|发生|业务|收支|交易|入账|制单|凭证|经济业务)?(?:日期|时间)|年[/、.]?月[/、.]?日|月[/、.]日"),
    ("voucher_word", r"(?:记账)?凭证(?:字|种类)"),
    ("voucher", r"(?:记账|会计)?(?:凭证|凭单|单据|票据)(?:字?号|号码|字号|编号|号数|种类及号数)?(?:数|码)?"),
    ("payee_handler", r"(?:收付款?|对方|往来|收款|付款|领款)(?:人|单位).*[/、](?:经手|经办)人?"),
    ("payee", r"(?:(?:收付?|付|领|交|缴)款?(?:单位|人|对象)|(?:收付?|付|领|交|缴)款方)(?:及个人|或个人|名称)?|对方(?:单位|户名|名称)?|往来(?:单位|户|对象)(?:及个人|或个人)?|客户(?:名称)?|单位或个人|户名"),
    ("handler", r"(?:经手|经办|报账|报销)人?(?:姓名|签字)?"),
    ("approver", r"(?:审批|批准|审核|签批)人?(?:姓名|签字)?"),
    ("income", INCOME),
    ("expense", EXPENSE),
    ("balance_part", r"(?:库存)?(?:现金|银行|银行存款|存款|信用社|代管资金)(?:余额|结余|结存)|(?:余额|结余|结存)(?:库存)?(?:现金|银行|银行存款|存款|信用社|代管资金)"),
    ("balance", r"(?:累计|账面|账户|结余|结存|当前|可用|[期月季年]末|本[期月季年])?(?:余额|结余|结存)(?:金?额|数)?|余|存"),
    ("summary", rf"{_SIDE}(?:内容|业务|交易|收支|资金|凭证|经济业务)?摘要(?:说明|内容|及用途|或用途)?|{_SIDE}(?:事由|事项|用途|名目|来源|去向|经济业务)|(?:资金|款项|业务|收支|开支|费用|具体|经济业务)(?:用途|内容|事由|事项|去向|来源)|(?:收入|支出)项目"),
    ("account", rf"{_SIDE}(?:会计|收支|总账|一级|明细)?科目(?:名称)?"),
    ("direction", r"收支(?:类型|类别|方向|标志)?|收/支|收或支|方向|类型|借贷(?:方向|标志)?"),
    ("amount", r"(?:发生|交易|收支)?金额|(?:发生|交易)额|(?:金额)?合计金?额?|数额"),
    ("amount", r"(?:本[年月期季次]|本季度|本年度|当[年月期季])(?:实际|发生)?(?:金?额|数额?)|(?:决算|实际|执行|完成)(?:金?额|数额?)"),
    ("summary", rf"{_SIDE}(?:(?:开支|收支)?项目(?:内容|名称)?|内容|名称|说明|明细)"),
    ("account", rf"{_SIDE}(?:项目|类别|费用类别|收支项目|分类|费用项目)"),
    ("seq", r"序号|编号|顺序号|行次|NO\.?|№"),
    ("memo", r"备注|附注|说明"),
)  # fmt: skip

# Increase and decrease are income and expense only beside dates: tables of assets and debts have them too.
CASH_MOVES = tuple(
    (role, {"income": rf"(?:{INCOME})|(?:本[年月期季])?(?:增加|增)额?", "expense": rf"(?:{EXPENSE})|(?:本[年月期季])?(?:减少|减)额?"}.get(role, pattern))
    for role, pattern in CASH
)  # fmt: skip

DEBTS = (
    ("side", r"类别|类型|性质|科目|债权债务(?:类别|类型)?|项目"),
    ("party", r"(?:往来|对方|债权|债务|欠款)?(?:单位|人|户)(?:名称|或个人|及个人|姓名)?|债权\(?债务\)?人|债权人|债务人|单位或个人|债权债务人"),
    ("opening", r"(?:期|年|月|季)初(?:余额|数|金额|欠款)?|上[期年季月](?:余额|结余|结转)"),
    ("increase", r"(?:本[期年季月])?(?:增加|新增|发生|借方)(?:额|数|金额)?"),
    ("decrease", r"(?:本[期年季月])?(?:减少|归还|收回|偿还|贷方)(?:额|数|金额)?"),
    ("closing", r"(?:期|年|月|季)末(?:余额|数|金额|欠款)?"),
    ("reason", r"(?:变动|形成|增减)?原因|用途|事由|备注|说明"),
    ("seq", r"序号|编号"),
)  # fmt: skip

BALANCE = (
    ("line_no", r"行次|行号"),
    ("year_start", r"(?:年|期)初(?:余额|数|金额)|上年(?:末|年末)(?:余额|数)?"),
    ("closing", r"(?:期|年|月|季)末(?:余额|数|金额)|本[期月]末?(?:余额|数)"),
    ("name", r"资产|负债(?:及|和|与)?(?:所有者|净资产|村集体)?(?:权益)?|权益|项目|科目(?:名称)?|资产(?:类)?项目|负债.*项目"),
)  # fmt: skip

CASH_CHECK = (
    ("item", r"(?:资金)?项目|名称|账户(?:名称)?|开户银行|资金类别|科目"),
    ("book", r"账面(?:数额?|余额|金额|价值|数)|账存(?:数|金额)?"),
    ("actual", r"(?:实存|实有|实际|盘点|清查|核实)(?:数额?|余额|金额|数)"),
    ("diff", r"差额|差异|盘盈盘亏|盈亏(?:数|金额)?|盈\(?\+?\)?亏.*"),
    ("reason", r".*原因|情况说明"),
)  # fmt: skip

ASSETS = (
    ("no", r"(?:资产|卡片|登记)?(?:编号|编码|号)"),
    ("name", r"(?:固定)?(?:资产)?(?:名称|项目)(?:及规格)?|资产|品名"),
    ("bought_on", r"(?:购建|购置|购入|取得|建造|建成|入账|投入使用|启用)(?:时间|日期|年月|年份)"),
    ("original", r"(?:账面|固定资产|资产)?(?:原值|原价)|购置金额|入账价值"),
    ("net", r"(?:账面|固定资产|资产)?(?:净值|净额|现值|净残值)"),
    ("user", r"(?:使用|保管|管理|责任)(?:人|单位|部门|情况)|使用(?:保管)?人|保管使用人"),
    ("location", r"(?:存放|坐落|所在|座落)?(?:地点|位置|地址)|坐落"),
    ("seq", r"序号"),
)  # fmt: skip

RESOURCES = (
    ("kind", r"地类|(?:资源|土地)(?:名称|类别|类型|种类)|类别|种类|资源"),
    ("area", r"(?:资源|土地|总|实际|发包)?面积(?:数量)?|亩数"),
    ("status", r"(?:利用|使用|经营|权属)?(?:现状|状况|情况|方式)"),
    ("location", r"(?:坐落|座落|所在)?(?:位置|地点|坐落|四至)|坐落|座落"),
    ("seq", r"序号|编号"),
)  # fmt: skip

_LEASE = r"(?:合同|承包|租赁|租)?(?:期限|期|起止(?:时间|日期)?)?"
CONTRACTS = (
    ("no", r"合同(?:编号|号|号码)|编号"),
    ("lessee", r"(?:承包|承租|租赁|受让)(?:人|方|户|单位|者)(?:姓名|名称|姓名或单位)?|乙方(?:名称)?|租户"),
    ("object", r"(?:合同|承包|租赁|发包|出租)?(?:标的物?|项目|资产|资源|内容|地块|物)(?:名称)?|资产资源名称|坐落"),
    ("area", r".*面积(?:数量)?|亩数"),
    ("boundaries", r".*四至(?:界限)?"),
    ("start", rf"{_LEASE}(?:起|自|起始|开始|起租|始)(?:时间|日期|日)?|{_LEASE}起始?期"),
    ("end", rf"{_LEASE}(?:止|至|终止|结束|到期|终)(?:时间|日期|日)?|{_LEASE}止期"),
    ("term", r"(?:合同|承包|租赁|租)?(?:期限|起止(?:时间|日期|年月)?|租期|承包期)"),
    ("due", r".*(?:应收|应缴|应交)(?:租金|承包费|款|金额|数)?|年?(?:租金|承包费|承包金|租赁费)(?:标准|总额)?|合同(?:金额|价款|总价|总额)"),
    ("paid", r".*(?:实收|已收|已缴|已交|已付|实缴|实交|实付)(?:租金|承包费|款|金额|数)?"),
    ("owed", r".*(?:欠缴|欠收|未收|未缴|未交|未付|拖欠|欠款|尚欠|欠)(?:租金|承包费|款|金额|数)?"),
    ("memo", r"备注|履行情况|说明|附注"),
    ("seq", r"序号"),
)  # fmt: skip

ROLL_PERSONAL = (
    ("sign", r".*(?:签字|签名|签章|盖章|手印).*"),
    ("certificate", r"(?:林权|土地|经营权|不动产|产权|房产|宅基地|承包经营).*证.*|.*合同.*号"),
    ("mobile", r".*(?:电话|手机|联系方式|联系号码).*"),
    ("bank", r"(?:开户|收款)?(?:银行|行|网点)(?:名称)?[及和与、/](?:银行)?(?:账号|帐号|卡号|账户)"),
    ("ignored", r"(?:开户|收款|银行)?(?:银行|行|网点)(?:名称)?|开户行.*|开户银行.*|.*(?:户名|开户名|账户名称?|开户人)|性别|与户主关系|民族|批次|年度|年份|月份|村名?|村\(?居\)?|乡镇|所属.*"),
    ("bank", r".*(?:账号|帐号|卡号|银行卡|一卡通|存折|收款账户|账户|社保卡|惠农卡).*"),
    ("id20", r".*残疾人?证.*"),
    ("id18", r".*(?:身份证|身份号|证件号|证件编号|公民身份).*"),
    ("birth_date", r"出生.*|生日"),
    ("address", r".*(?:住址|地址|住所|门牌).*"),
    ("health", r"致[困贫残].*|(?:慰问|救助|困难|申请|享受|纳入).*(?:原因|事由|理由)|.*(?:残疾|疾病|病种|患病|失能|健康|护理)(?:类别|类型|等级|级别|情况|状况|程度|原因)?"),
    ("other_name", r".*(?:成员(?![人数])|监护人|代领人|联系人|配偶|委托人|受托人|法定代表|子女).*"),
    ("free_text", r"备注|说明|附注|其他(?:情况)?|家庭情况|情况说明"),
)  # fmt: skip

ROLL = (
    ("seq", r"序号|编号|顺序号|号|NO\.?"),
    ("group", r"(?:所在|所属)?(?:村民)?小?组(?:别|名|名称)?|自然村|屯|社"),
    ("household", r"(?:农户|户主|户|承包方)(?:号|编号|编码|代码)|户籍编号"),
    ("name", r"(?:.{0,8})姓名|户主(?:名称)?|农户(?:名称)?|权利人|受益人|受益农户|补贴对象|补助对象|保障对象|领款人|领取人|种植户|享受对象|承包方(?:代表)?|对象"),
    ("months", r"(?:发放|享受|补贴)?月(?:份)?数|个月"),
    ("rate", r".*标准|单价|日(?:补贴|补助|工资)|每[亩人户月](?:补贴|补助|金额|标准).*|(?:人均|户均|亩均)(?:补差|补助|补贴|保障)(?:水平|金额)?"),
    ("headcount", r"(?:保障|享受|家庭|户籍|补贴)?(?:人口|人数)数?|家庭成员数"),
    ("kind", r"(?:低保|保障|享受|救助|补贴|补助|人员|对象)?(?:类别|类型|档次|等级|级别)"),
    ("age", r"(?:实足|周岁)?年龄|周岁"),
    ("quantity", r".*面积数?|亩数|数量|.*(?:株|头|只|台|棵|匹|羽)数|(?:出勤|工作|上岗|用工|误工)?(?:天|工)数"),
    ("amount", r".*(?:实发|实补).*|(?:应发|补贴|补助|补偿|发放|金额|资金)*(?:合计|总计|总额|共计)(?:发放|补贴|补助)?(?:金额|资金)?"),
    ("amount", r"(?:合计|总计|总|补贴|补偿|补助|发放|应发|实发|应补|实补|月保障|保障|兑付|奖补|领取)*(?:金额|资金|总额|数额|额)|.*(?:实发|应发).*|月?保障金|合计|总计|小计"),
    ("amount", r".*(?:补贴|补助|津贴|补偿|奖补|救助|慰问)(?:金|款|费|资金|金额)?|.*金额"),
    ("due", r"应[发补付](?:金额|工资|补贴|补助|合计|数)?"),
    ("withheld", r"(?:代扣|扣|应扣|实扣)(?:代缴)?.{0,6}"),
    ("part", r".*(?:补贴|补助|津贴|补偿|奖补|救助|慰问)(?:金|款|费)?"),
)  # fmt: skip

_TERM_OF = r"(?:[年月季期次]|个月|季度|年度)"
DIRECTION = re.compile(r"[收支付进出借贷]|收入|支出|收款|付款|转入|转出|进账|出账|借方|贷方")
_MONEY_KIND = r"(?:[末底度]|累计|滚存|[账帐]面|[账帐]户|现金|银行|存款|资金|实有|可用|总|[及和、与])*"
_BALANCE = r"(?:结转|结存|结余|余额|余款|库存)(?:余额|结余|数|金额|资金|款)?(?:转[入来])?"
_MONTH = r"(?:(?:19|20)\d\d年)?\d{1,2}月份?"
_TERM = rf"(?:{_MONTH}(?:\d{{1,2}}[日号])?|(?:(?:19|20)\d\d年)?(?:第?[一二三四1-4]季度?|[上下]半年)|(?:19|20)\d\d年度?)"
_NOTE = r"(?:\([^()]*\))?"
OPENING = re.compile(
    rf"(?:加?[::]?)(?:上{_TERM_OF}|前期|以前(?:年度|月份|年月|各年)|(?:{_MONTH}|[年月季期])初|原有|承上?[年月季]|接上?[年月季])"
    rf"{_MONEY_KIND}(?:{_BALANCE}|转入数?|转来数?|数|金额){_NOTE}"
    rf"|(?:结转|转入)上{_TERM_OF}(?:余额|结余|数)?{_NOTE}"
    rf"|(?:承前页|承上页|接上页|上页结转|接上{_TERM_OF}|承上{_TERM_OF}|[年月季期]初){_NOTE}"
)
PAGE_CARRY = re.compile(r"过次页|转下页|转次页|承前页|承上页|接上页|上页结转")
CLOSING = re.compile(
    rf"(?:减?[::]?)(?:至?本{_TERM_OF}|[年月季期]末|现有|目前|当前|实有|截[至止]到?.{{0,14}}?|{_TERM})"
    rf"{_MONEY_KIND}{_BALANCE}{_NOTE}"
    rf"|(?:结转|转入?)下{_TERM_OF}(?:余额|结余|数)?{_NOTE}|(?:收支相抵|累计|滚存|[账帐]面)?(?:余额|结余|结存){_NOTE}|[期月季年]末{_NOTE}"
)
# Says nothing of its time: above all entries it opens, below them it closes.
BARE_BALANCE = re.compile(
    rf"(?:累计|滚存|[账帐]面|现有|目前|当前|实有){_MONEY_KIND}{_BALANCE}|余额|结余|结存"
)
TOTAL = re.compile(
    r"(?:本页|本[年月季期日次]|当[年月日]|全[年月]|自?年初(?:至今|起)?|截?至本[月季期]末?|\d{1,2}月?(?:[-—–~至到]\d{1,2})?月份?|第?[一二三四]季度|收入|支出|[收付借贷]方|债权|债务|[^\d组]{1,4}组|村)*(?:累计)?(?:总?合计|小计|总计|累计|共计|计|发生额|发生额合计)(?:数|金额)?(?:[及和与](?:期末)?(?:余额|结余|结存))?(?:\(.*\))?"
)
GROUP_NAME = re.compile(
    r"第?[一二三四五六七八九十\d]{1,3}(?:村民)?小?组|[\u4e00-\u9fff]{1,6}(?:村民小组|小组|组|自然村|屯)"
)
RUNNING_TOTAL = re.compile(r".*累计.*")


@dataclass(frozen=True)
class Vocabulary:
    """The columns of one kind of table. `required` lists sets of roles: of each set one at least must be there.

    A role in `repeated` may be played by several columns (two telephone columns are both personal).
    """

    kind: str
    roles: tuple[tuple[str, re.Pattern[str]], ...]
    required: tuple[frozenset[str], ...]
    repeated: frozenset[str] = frozenset()


def _vocabulary(
    kind: str, roles: tuple[tuple[str, str], ...], *required: str, repeated: str = ""
) -> Vocabulary:
    compiled = tuple((role, re.compile(pattern, re.IGNORECASE)) for role, pattern in roles)
    return Vocabulary(
        kind, compiled, tuple(frozenset(one.split()) for one in required), frozenset(repeated.split())
    )


STATEMENT_TABLES = (
    _vocabulary("cash", CASH, "income expense amount part", "summary account part", repeated="balance_part"),
    _vocabulary(
        "cash", CASH_MOVES, "income", "expense", "summary account", "date day", repeated="balance_part"
    ),
    _vocabulary("debts", DEBTS, "party", "opening", "closing", "increase decrease"),
    _vocabulary(
        "balance", BALANCE, "name", "year_start", "closing", repeated="line_no year_start closing name"
    ),
    _vocabulary("cash_check", CASH_CHECK, "item", "book", "actual"),
    _vocabulary("assets", ASSETS, "name", "original net", "bought_on net user location"),
    _vocabulary("resources", RESOURCES, "kind", "area", "status location"),
    _vocabulary("contracts", CONTRACTS, "lessee", "start end term", "due paid owed"),
)
PERSONAL_KINDS = {
    "mobile": "mobile",
    "bank": "bank",
    "id20": "id20",
    "id18": "id18",
    "birth_date": "birth_date",
    "address": "address",
    "health": "health",
    "other_name": "name",
    "free_text": "free_text",
}
ROLL_TABLE = (
    _vocabulary(
        "roll",
        ROLL_PERSONAL + ROLL,
        "name",
        "amount quantity rate",
        repeated=" ".join(["sign certificate ignored part quantity rate withheld", *PERSONAL_KINDS]),
    ),
)
