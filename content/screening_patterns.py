"""The words and shapes that personal data is recognised by in Chinese text; it judges no long numbers (see screening_numbers)."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from content.screening_digits import BLANK

SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏窦章云苏潘葛范彭郎鲁韦昌马苗凤"
    "花方俞任袁柳酆鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于傅皮卞齐康伍余元顾孟黄穆萧尹姚邵汪祁毛狄米贝臧"
    "戴谈宋庞熊纪舒屈项祝董梁杜阮蓝闵季贾路娄江童颜郭梅盛林钟徐邱骆高夏蔡田樊胡凌霍虞万支柯管卢莫房解应宗丁"
    "宣邓郁单洪包诸左石崔吉龚程邢裴陆荣翁荀甄曲封储靳段焦巴谷车侯全班仰秋仲宫宁仇栾甘厉祖武符刘景詹束龙叶司韶"
    "黎薄印白蒲鄂索籍赖卓蔺屠蒙池乔胥闻党翟谭贡劳姬申冉桑桂牛边尚温庄晏柴瞿阎连习艾容向古易慎戈廖终衡步耿满"
    "匡国文寇广禄沃利蔚越隆师巩聂晁敖冷辛简饶曾沙养鞠丰关查荆游权涂佘佟苟肖闫覃商成占兰麻雍明欧芦"
)
_NAME = rf"(?:(?:欧阳|上官|司马|诸葛|夏侯|皇甫|尉迟|公孙|慕容|令狐|司徒|[{SURNAMES}])[一-龥]{{1,2}}|[老小阿][{SURNAMES}])"
_ROLE = (
    r"(?:户主|申请人|村民|居民|党员|组长|主任|书记|老人|联系人|姓名|代表|委员|会计|文书|监护人|代领人|领取人|权利人|"
    r"承包人|承租人|承包户|经手人|本人|乙方|甲方|农户|低保户|困难户|五保户|脱贫户|受助人|投诉人|反映人|亲属|家属)"
)
# A person's name right before a phone number or an address: "王小明：0578-…", "户主王小明家电话…".
_NAMED = re.compile(
    rf"(?:^|[\s,、。;:()\[\]【】|/“\"]|[0-9][.、]|{_ROLE}|联系|找|打给|通知):?\s*(?P<name>{_NAME})"
    r"(?:同志|先生|女士|大爷|大妈|大伯|婶|奶奶|爷爷|户|家里?|的|本人)?[\s,、:(|/]*"
    r"(?:家?(?:中|里)?的?(?:联系)?(?:电话|座机|固话|TEL|住|住址|地址|家)(?:号码|号)?(?:是|为)?)?[\s:]*$"
)
_NOT_A_NAME = re.compile(
    r"^司机|[站所办局院队处科室点店厂校社行部会村镇县乡组委路街区员]$|^(?:任何|时间|温馨|施工|安全|金额|文明|明细|高龄|和平|广大|安置|全体)"
)

# Which kind of number a word announces. The nearest one before a number wins.
LABEL = re.compile(
    r"(?P<id>(?:身[份分]证(?!明)|公民身份|身份号|证件(?=编?号|\s*:)|居住证|居留|残疾人?证)件?(?:编?号码?)?|SFZ|(?<![A-Z])ID(?![A-Z]))"
    r"|(?P<bank>卡编号|[卡账帐]号|[账帐]户(?!名)|银行卡|一卡通|社保卡|存[折单]|折号|开户|农商行|农商银行|支行|信用社|储蓄|(?<![IＩCN水电油饭证交量机名贺贴])卡[\s:]*$|(?:[退打汇转存付发]|转账)(?:到|至|入|进|给)[\s:]*$|银行(?!回单))"
    r"|(?P<phone>电话|手机|联系方式|联系号码|固话|座机|拨打|致电|TEL|MOBILE|PHONE)"
    r"|(?P<passport>(?:护照|通行证|回乡证|台胞证|PASSPORT)(?:编号)?)"
    r"|(?P<other>发票|票据|收据|订单|流水|凭证|运单|快递|回单|区划|编[号码]|代码|条码|税号|识别号|序列号|IMEI|串号|户号|(?:项目|指标|预算)[\s:]*$|(?:合格|执业|资格|产权|使用|林权|经营权|许可)证|考证号|考号|学号|学籍号|耳标"
    r"|图斑|宗地|不动产|林权|(?:登记|合同|许可证?|检疫|检验|执法|备案|受理|档案|执照|注册|案|办?件|项目|设备|业务|交易|单|票|文|批|表|工单)"
    r"(?:证)?(?:编?号|代?码))"
)
_CUT = re.compile(rf".*(?:[0-9]{{5,}}|{BLANK}|[。;])", re.S)
_NUMBERED = re.compile(
    r"(?:(?<!身份)(?<!居住)(?<!残疾)证|案|(?<!存)单|票|批|小班|(?<!证)件|编|受理|合同|流水)(?:编?号|码)[\s:]*$"
)
_FAR = re.compile(r"[一-龥]{3}|[,、]")
_LABEL_AFTER = re.compile(
    r"\s?[(\[【]\s?(?:身份证|证件号|银行卡|卡号|账号|手机|电话|护照)|\s?[这那][张个](?:银行)?卡|\s?(?:[(\[【][一-龥]{0,4}|号)(?:流水|订单|发票|快件|回单|编号|单号)"
)


def label_before(text: str, start: int) -> str | None:
    """Which kind of number ('id', 'bank', 'phone', 'passport', 'other') the words before text[start] announce.

    Looks back at most 24 characters, and not beyond another number or a sentence end.
    """
    found = None
    words = _CUT.sub("", text[max(0, start - 24) : start])
    for match in LABEL.finditer(words):
        # "编号旁边写着": what stands between breaks the announcement off.
        if match.lastgroup != "other" or not _FAR.search(words, match.end()):
            found = match.lastgroup
    return found


def is_numbered(text: str, start: int) -> bool:
    """Whether the words right before text[start] say that a number of things follows ('档案号'): it is nobody's phone."""
    return bool(_NUMBERED.search(text[max(0, start - 8) : start]))


def label_after(text: str, end: int) -> str | None:
    """The same for a bracket right behind a number: "3325…（身份证）"."""
    bracket = _LABEL_AFTER.match(text, end)
    label = LABEL.search(bracket[0]) if bracket else None
    return label.lastgroup if label else None


_OFFICE_PHONE = re.compile(
    r"办公|办事|值班|服务|咨询|监督|举报|投诉|热线|窗口|村委|居委|委员会|便民|派出所|政府|反映|受理|信访|纪检|监察|党群|中心|"
    r"卫生|医院|学校|小学|幼儿园|公司|合作社|银行|支行|信用社|供电|报修|抢修|急救|传真|客服|总机|单位|部门|机关|党建|民政|"
    r"[站所办局院厂店处科](?:[:(\s]|电话|座机|$)|[站所办局院处科]长"
)
_HOME_PHONE = re.compile(
    r"家庭|住宅|宅电|本人|家里|家中|家电话|老屋|老房|屋里|自家|我家|私人|家属|老家|户主|住户|租户|监护人|[父母]亲|儿子|女儿|亲属"
)
_PHONE_WORD = re.compile(r"(?:电话|座机|固话|宅电|TEL)(?:号码|号)?(?:是|为)?[\s:]*$")


def is_private_landline(text: str, start: int, end: int) -> bool:
    """Whether the landline at text[start:end] reads as somebody's own: a home word or a bare name, and no office word."""
    before = re.split(rf"[。;\n{BLANK}]", text[max(0, start - 30) : start])[-1].rstrip("( ")
    if _HOME_PHONE.search(before[-14:]):
        return True
    after = re.split(r"[。;\n]", text[end : end + 12])[0]
    if re.match(r"\s?\(?(?:家|宅|本人|住宅)", after):
        return True
    if _OFFICE_PHONE.search(before) or _OFFICE_PHONE.search(after):
        return False
    return _ends_in_name(before)


def is_home_phone_label(text: str, start: int) -> bool:
    """Whether a home word and a telephone word stand right before text[start]: then seven bare digits are a phone."""
    before = text[max(0, start - 14) : start]
    return bool(_PHONE_WORD.search(before) and (_HOME_PHONE.search(before) or _ends_in_name(before)))


def _ends_in_name(before: str) -> bool:
    match = _NAMED.search(before)
    return bool(match and not _NOT_A_NAME.search(match["name"]))


class Span(NamedTuple):
    """A found piece of folded text: kind, start, end."""

    kind: str
    start: int
    end: int


_PLATE_END = r"(?![0-9A-Z]|号(?!车|牌|小|轿|货))"
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]\s?[A-Z][\s.\-]{0,2}(?:"
    rf"(?:[0-9][ .\-]?){{5}}[DF]{_PLATE_END}|[A-HJK][ .\-]?[A-Z0-9](?:[ .\-]?[0-9]){{4}}{_PLATE_END}"
    rf"|[A-Z0-9](?:[ .\-]?[A-Z0-9]){{4}}{_PLATE_END}|(?:[A-Z0-9][ .\-]?){{4}}[挂学警港澳试超领])"
    r"|车牌(?:号码?)?[\s:是为]*(?P<labelled>[一-龥]{0,3}\s?[A-Z0-9][A-Z0-9.\-]{3,8}[0-9A-Z])"
)
_PASSPORT = re.compile(
    r"(?<![0-9A-Z\-])(?:(?P<bare>[EG](?!20[0-3][0-9][01][0-9][0-3][0-9])[0-9]{8}|E[A-HJ-NP-Z][0-9]{7}|[DSP]E[0-9]{7})"
    r"|(?P<shaped>[A-Z]{1,3}\s?[0-9]{6,12}|1[45][0-9]{7}))(?![0-9A-Z\-])"
)
_WECHAT = re.compile(
    r"(?:[微薇威V]\s?信|WEIXIN|WECHAT|加\s?[V微]|(?<![A-Z0-9])V(?=\s?:)|加\s?[WV]X|(?<![A-Z])[WV]X(?![A-Z]))\s?(?P<sure>号码?|ID|账号)?(?:是|为|加|搜索?|找|联系)?[\s:=(]*"
    r"(?P<who>[A-Z][A-Z0-9_\-]{5,19}|[1-9][0-9]{5,10})(?![A-Z0-9_\-])|(?P<wxid>WXID_[A-Z0-9]{6,20})"
)
_PUBLIC_WECHAT = re.compile(r"公众|官方|小程序|服务号|订阅号|视频号|政务")


def plates(text: str) -> Iterator[Span]:
    """Number plates: old five characters, new-energy six, trailers and learners, any plate after 车牌号."""
    for match in _PLATE.finditer(text):
        start, end = match.span("labelled") if match["labelled"] else match.span()
        if sum(c.isdigit() for c in text[start:end]) >= 2:
            yield Span("plate", start, end)


def passports(text: str, hint: str | None) -> Iterator[Span]:
    """Passport and travel-permit numbers: Chinese shapes alone, other shapes after 护照, 通行证 or the like."""
    for match in _PASSPORT.finditer(text):
        label = label_before(text, match.start()) or label_after(text, match.end()) or hint
        wanted = label == "passport" or (label == "id" and text[match.start()].isalpha())
        if wanted or (match["bare"] and label != "other"):
            yield Span("passport", *match.span())


def wechat_ids(text: str) -> Iterator[Span]:
    """WeChat ids after 微信, wx, vx and the like; the public accounts of offices are left alone."""
    for match in _WECHAT.finditer(text):
        if match["wxid"]:
            yield Span("wechat", *match.span("wxid"))
            continue
        who = match["who"]
        is_told = bool(match["sure"]) or match[0][: -len(who)].rstrip().endswith((":", "="))
        has_mark = any(c.isdigit() or c in "_-" for c in who)
        if (is_told or has_mark) and not _PUBLIC_WECHAT.search(
            text[max(0, match.start() - 8) : match.start()]
        ):
            yield Span("wechat", *match.span("who"))


_CN = "一二三四五六七八九十百"
_DOOR = re.compile(
    rf"(?<![第0-9.])(?:[1-9][0-9]{{0,4}}(?:-[0-9]{{1,3}})?|(?<![{_CN}])[{_CN}]{{1,5}})\s?(?:号|#)(?!码|楼|召|令|文)"
)
_DOOR_TAIL = re.compile(
    rf"(?:[之\-][0-9一二三]{{1,3}}(?:号|室)?)?(?:院|内)?(?:[\s\-]?[0-9A-Z{_CN}]{{1,4}}(?:号楼|栋|幢|座|单元|楼|层|室|户|房))*"
)
_ROOM = re.compile(
    rf"(?:[0-9{_CN}]{{1,3}}|[A-Z])(?:号楼|栋|幢|座)[\s\-]?(?:[0-9{_CN}]{{1,2}}单元[\s\-]?)?(?:[0-9{_CN}]{{1,2}}[楼层][\s\-]?)?"
    rf"[0-9]{{3,4}}(?:[室号户房]|(?![0-9.,平方㎡米元亩人头只万株棵羽]))"
    r"|(?<![0-9.\-])[0-9]{1,3}(?:-[0-9]{1,2})?-[0-9]{3,4}室|(?<=弄)[0-9]{1,3}号[0-9]{3,4}室"
    rf"|[0-9{_CN}]{{1,2}}单元[\s\-]?[0-9]{{3,4}}(?:[室号户房]|(?![0-9]))"
)
# What may stand before a door number: a hamlet, group or estate (reads as a home), or a street (may be an office).
_HAMLET = re.compile(
    rf"(?:[0-9{_CN}]{{1,3}}\s?(?:村民)?小?[组队]|[一-龥](?:村民)?小?组|[一-龥](?:村|社区|屯|寨|庄|弄堂)|"
    r"(?:村|社区|镇|乡)[一-龥]{1,4}|(?:老屋|新屋|屋场|大屋|老宅|围屋|祖屋)|[一-龥]{2}(?:小区|花园|公寓|家园|新居|佳苑|嘉园|苑|宿舍|安置[点区房]))\s?$"
)
_STREET = re.compile(r"[一-龥](?:路|街|巷|弄|里|胡同|大道|道|[东西南北中]段)\s?$|[路街][0-9]{1,4}[弄巷]\s?$")
_PLATE_OF_A_DOOR = re.compile(r"门牌(?:号码?)?(?:为|是)?[:\s]*$")
_NOT_HAMLET = re.compile(
    r"(?:工作|检查|领导|监督|党|理财|指导|专家|评审|调查|巡查|值班|志愿|突击|[文件表图证票牌栏杆灯桥塘泵站井渠库线口箱房仓厂店棚段标字])"
    r"(?:小?组)?\s?$|(?:委会|政府|服务[点站]|中心|礼堂|祠堂|月|日|编|型|共|约|等|为|于|在|到|从|的|是|和|及|每|达)\s?$"
)
_PLACE_START = re.compile(rf"[一-龥0-9{_CN}]{{1,20}}$")
_PLACE_LEAD = re.compile(
    r".*(?:住址|地址|住所|家住|现住|住在|居住地?|户籍地?|位于|[住在是为：:于到往]|申请人|户主|村民|居民|本人|申请)(?=[一-龥0-9]{2})"
)
# A door is followed by an end, a bracket, or the people and things of a home; "28号水塘" and "28号开会" are not homes.
_AFTER_HOME = re.compile(
    rf"\s*$|\s*[,.，。;、:)(\]】\"”|/\n]|\s|的[一-龥]{{2,3}}户|的?(?:户|住|家|房屋|房子|老屋|住宅|宅|院子|居民|村民|农户|老人|人家)|旁|有人|门[口前]|附近|对面|隔壁|[翻新改扩重]建|电话|手机|联系|[起失着]火|漏[水电]|[接送找看]?的?{_NAME}(?:$|[\s,。;、:)家户的老同先女大])"
)
_NOT_NAME_AFTER = re.compile(
    r"路[灯段口牌面边基]|水[塘库井渠表池泵沟]|车[辆位间站库棚]|田[块埂地]|井[水盖口]|石[桥碑料墙头阶]|池塘|房间|云线|林[地场班木道]|沙[场坑石]"
)
_SCHEDULE = re.compile(
    r"停电|停水|开会|接种|体检|检查|发放|施工|轮流|值班|集中|安排|时间|日程|上午|下午|召开|截止|打疫苗|分批"
)
_OFFICE_PLACE = re.compile(
    r"政府|委员会|村委|居委|党群|服务|便民|办公|窗口|派出所|卫生|医院|诊所|学校|小学|中学|幼儿园|银行|支行|信用社|合作社|公司|超市|"
    r"商店|药店|邮政|法院|检察|司法|仲裁|税务|礼堂|祠堂|大院|行政|中心|大厦|[工农]厂|门市|工程|项目|仓库|养老院|敬老院|投标|报名|"
    r"开标|招标|地点|单位|机关|档案|民政|水利|林业|农业|教学|综合楼|[局站所馆厅院](?:[^一-龥]|$|地址|位于|设在|电话)"
)
_HOME_PLACE = re.compile(
    r"(?:家|现|常|租|借|暂)住|住址|住在|住于|住所|家庭|户籍地?|居住(?!证)|家在|老家|门牌|我家|他家|她家|户主|本人|"
    r"(?:^|[\s,、:)])住(?!房|建|院|宿|户|宅)|[一-龥]{2,3}住(?=[一-龥]{2,8}[0-9组村路街])"
)
_HOME_BEHIND = re.compile(r"[\s,，、;:(]{0,2}(?:户[名主]|住户|房主)")
_ADDRESS_LABEL = re.compile(r"(?:地址|地点|位于|设在|坐落|座落|前往|请到|送[至到])[\s:]*")


def addresses(text: str, hint: str | None) -> Iterator[Span]:
    """Addresses with a door number that read as a home; offices, dates, documents and numbered works are left alone."""
    for match in _ROOM.finditer(text):
        if not _is_office_place(text, match.start(), match.end(), hint):
            yield Span("address", _place_start(text, match.start()), match.end())
    for match in _DOOR.finditer(text):
        tail = _DOOR_TAIL.match(text, match.end())
        end = tail.end() if tail else match.end()
        if _is_home_door(text, match.start(), end, hint):
            yield Span("address", _place_start(text, match.start()), end)


def _is_home_door(text: str, start: int, end: int, hint: str | None) -> bool:
    before = text[max(0, start - 12) : start]
    is_street = bool(_STREET.search(before))
    if _PLATE_OF_A_DOOR.search(before):
        return not _is_office_place(text, start, end, hint)
    if not is_street and (not _HAMLET.search(before) or _NOT_HAMLET.search(before)):
        return hint == "address"
    if not _AFTER_HOME.match(text, end) or _NOT_NAME_AFTER.match(text, end):
        return False
    if _is_office_place(text, start, end, hint):
        return False
    clause = _sentence_before(text, start)
    has_home_word = hint == "address" or bool(_HOME_PLACE.search(clause))
    if is_street:
        return has_home_word or bool(_street_follows_name(text, start)) or text[end - 1] in "室户"
    number = re.match(r"[0-9]+", text[start:end])
    might_be_date = number is not None and int(number[0]) <= 31
    return has_home_word or not (might_be_date and _SCHEDULE.search(clause + text[end : end + 20]))


def _street_follows_name(text: str, start: int) -> bool:
    place = _place_start(text, start)
    return _ends_in_name(text[max(0, place - 16) : place]) and not _ADDRESS_LABEL.search(
        text[max(0, place - 4) : place]
    )


def _sentence_before(text: str, start: int) -> str:
    return re.split(r"[。;\n]", text[max(0, start - 36) : start])[-1]


def _is_office_place(text: str, start: int, end: int, hint: str | None) -> bool:
    """An office word in the same clause, or right behind the number, unless a home word stands before it."""
    if hint == "address" or _HOME_PLACE.search(_sentence_before(text, start)):
        return False
    if _HOME_BEHIND.match(text, end):
        return False
    clause = re.split(r"[,，]", _sentence_before(text, start))[-1]
    behind = re.match(r"\s?\(?[一-龥]{0,12}", text[end : end + 14])
    return bool(_OFFICE_PLACE.search(clause) or (behind and _OFFICE_PLACE.search(behind[0])))


def _place_start(text: str, start: int) -> int:
    """Where the place name that leads to the door number begins (after 住址, 家住, a name's comma and so on)."""
    match = _PLACE_START.search(text, max(0, start - 20), start)
    if not match:
        return start
    lead = _PLACE_LEAD.match(match[0])
    return match.start() + (lead.end() if lead else 0)
