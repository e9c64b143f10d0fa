"""The words that residents text, as tables of keywords, topics and turns of speech; nothing is read or decided here.

Chinese is written as regular expressions over text without blanks and punctuation; pinyin and English as whole words
in small letters. Everything a village may want to add is added here.
"""

import re
from dataclasses import dataclass

# Two letters; only as the first Latin word of a text, because "gg" and "bs" are also chatter.
SHORT_CODES = {
    "cx": "case_status",
    "bt": "subsidy",
    "cw": "finance",
    "gg": "notices",
    "bs": "guide",
    "ts": "complaint",
    "pj": "rating",
}
PINYIN_COMMANDS = {
    **dict.fromkeys(("chaxun", "jindu", "banjian"), "case_status"),
    **dict.fromkeys(("butie", "buzhu", "jintie", "huinong"), "subsidy"),
    **dict.fromkeys(("caiwu", "zhangmu", "shouzhi"), "finance"),
    **dict.fromkeys(("gonggao", "guangao", "gongshi", "tongzhi", "xiaoxi", "cunwu"), "notices"),
    **dict.fromkeys(("banshi", "zhinan", "banli", "shenqing"), "guide"),
    **dict.fromkeys(("tousu", "jubao", "jianyi", "yijian", "fankui"), "complaint"),
    **dict.fromkeys(("pingjia", "pingfen", "dafen"), "rating"),
    **dict.fromkeys(("bangzhu", "caidan"), "help"),
    "dingyue": "subscribe",
    "tuiding": "stop",
    **dict.fromkeys(("huifu", "kaitong"), "start"),
    **dict.fromkeys(("gengduo", "xiayiye", "jixu"), "more"),
}
ENGLISH_COMMANDS = {
    **dict.fromkeys(("status", "progress", "case", "track", "approved"), "case_status"),
    **dict.fromkeys(("subsidy", "subsidies", "allowance", "allowances"), "subsidy"),
    **dict.fromkeys(("finance", "finances", "accounts", "budget", "expenses"), "finance"),
    **dict.fromkeys(("notice", "notices", "news", "whatsnew", "announcement", "announcements"), "notices"),
    **dict.fromkeys(("guide", "guides"), "guide"),
    **dict.fromkeys(("complain", "complaint", "feedback", "suggestion"), "complaint"),
    **dict.fromkeys(("rate", "rating", "score"), "rating"),
    **dict.fromkeys(("help", "hlep", "menu", "howdoesthiswork", "howtouse", "whatcanido"), "help"),
    "subscribe": "subscribe",
    **dict.fromkeys(("stop", "unsubscribe"), "stop"),
    **dict.fromkeys(("start", "resume"), "start"),
    **dict.fromkeys(("more", "next"), "more"),
}

# English words that ask how something is done; they need a topic beside them.
LATIN_ASKS_HOW = frozenset(("apply", "application", "register", "registration", "documents", "zenmeban"))
# English words that ask whether something is ready, and what it is that may be.
LATIN_READY = frozenset(("done", "ready", "finished", "approved"))
LATIN_PAPERS = frozenset(("application", "case", "certificate", "form", "papers", "permit"))
# "where is my certificate", "what happened to my case"
LATIN_ASKS_AFTER = frozenset(("where", "when", "what", "whats", "wheres", "happened", "heard", "news"))
LATIN_SATISFACTION: dict[str, int] = {
    **dict.fromkeys(("terrible", "feichangbumanyi"), 1),
    **dict.fromkeys(("dissatisfied", "unsatisfied", "unhappy", "bad", "poor", "bumanyi"), 2),
    "jibenmanyi": 3,
    **dict.fromkeys(("satisfied", "good", "happy", "manyi"), 4),
    **dict.fromkeys(("great", "excellent", "henmanyi", "feichangmanyi"), 5),
}
# fmt: off
CHATTER = frozenset((
    "a", "an", "and", "are", "at", "can", "could", "do", "does", "for", "from", "good", "have", "hello",
    "hi", "how", "i", "in", "is", "it", "me", "my", "number", "of", "ok", "on", "or", "pls", "plz",
    "please", "see", "show", "tell", "thank", "thanks", "the", "this", "to", "what", "when", "where",
    "with", "you", "your"
))
# fmt: on


@dataclass(frozen=True)
class Topic:
    """One thing people ask about. `han` is a pattern; `programme` and `service` are the words used in the slots.

    `programme` is part of a name in the subsidy programmes, `service` the usual name of the matter in the guides.
    """

    word: str
    han: str
    pinyin: tuple[str, ...] = ()
    english: tuple[str, ...] = ()
    programme: str | None = None
    service: str | None = None


# Order matters: the first that fits is taken, so the narrow ones stand before the wide ones.
# fmt: off
TOPICS: tuple[Topic, ...] = (
    Topic("种粮", "种粮|粮食补贴|粮补", ("zhongliang",), ("grain",), "实际种粮农民一次性补贴"),
    Topic("耕地", "耕地|地力|地补|种地|种田|[田地]里头?(的|那个)?补|直补|田补|农业三项", ("gengdi", "dibu", "zhongdi"), ("farmland", "cropland"), "耕地地力保护补贴"),
    Topic("退耕还草", "退耕还草", ("tuigenghuancao",), (), "退耕还草"),
    Topic("退耕还林", "退耕", ("tuigeng", "tuigenghuanlin"), (), "退耕还林"),
    Topic("公益林", "公益林|生态林|林补", ("gongyilin",), ("forest",), "公益林补偿"),
    Topic("护林员", "护林员", ("hulinyuan",), ("ranger",), "生态护林员"),
    Topic("危房", "危房|危改", ("weifang",), (), "农村危房改造"),
    Topic("雨露计划", "雨露", ("yulu",), (), "雨露计划"),
    Topic("孤儿", "孤儿", ("guer",), ("orphan",), "孤儿基本生活费", "孤儿基本生活费"),
    Topic("特困", "特困|五保", ("tekun", "wubao"), (), "特困人员", "特困人员救助供养"),
    Topic("临时救助", "临时救助|急难救助|大病救助", ("linshijiuzhu",), (), None, "临时救助"),
    Topic("残疾人补贴", "残疾人?两项|残疾人?(补|护理|津)|护理补贴|两补", ("canjibutie",), (), "残疾人", "残疾人两项补贴"),
    Topic("残疾证", "残疾|残证|残联", ("canji", "canjizheng"), ("disability", "disabled"), "残疾人", "残疾人证办理"),
    Topic("低保", "低保|底保|低宝|最低生活|生活保障", ("dibao", "dibaohu", "dibaojin"), (), "农村最低生活保障", "最低生活保障"),
    Topic("高龄津贴", "高龄|老龄|[六七八九]十[一二三四五六七八九]?多?[岁了]|满[六七八九]十|百岁|[6-9][0-9]多?[岁了]|长寿补|老年(补|津)", ("gaoling", "gaolingjintie"), ("elderly",), "高龄津贴", "高龄津贴申领"),
    Topic("医保", "医保|新农合|农合|合作医疗|医疗保险|医疗费|居民医疗", ("yibao", "xinnonghe"), ("medical", "health"), None, "城乡居民医保参保"),
    Topic("养老", "养老|社保|居保|新农保", ("yanglao", "yanglaobaoxian", "yanglaojin", "shebao"), ("pension",), None, "城乡居民养老保险参保"),
    Topic("上户口", "户口(?![迁簿本])|落户|上户|出生|新生儿|刚生|报户|入户", ("hukou", "shanghukou", "luohu", "chusheng"), ("newborn", "birth", "baby"), None, "新生儿出生登记"),
    Topic("生育登记", "准生证|生育|计生证|二孩证|三孩证|生娃|生孩子|二胎|三胎|怀孕", ("shengyu", "zhunshengzheng"), (), None, "生育服务登记"),
    Topic("宅基地", "宅基|建房|盖房|起房|修房子|建屋|起屋|盖屋|造房|翻建|新屋|新房", ("zhaijidi", "jianfang", "gaifang"), ("homestead", "house", "housing"), None, "宅基地审批"),
    Topic("失业", "失业|下岗|没工作", ("shiye", "xiagang"), ("unemployment", "unemployed"), None, "失业登记"),
)
# fmt: on

# Subjects that only notices have.
NOTICE_TOPICS = re.compile(
    "村民代表会议|村民会议|村代会|党员|党费|主题党日|村规民约|水渠|村道|修路|招标|比选|预算|决算|资产|合同|债务|"
    "一事一议|青苗|救灾|防灾|台风|物资|网格|先进|监委会|监督委员会|两委|代办"
)

# Chinese command words. Slips that sound alike (补帖, 财物公开) stand among them.
HAN_COMMANDS: dict[str, str] = {
    "subsidy": "补贴|补帖|布贴|补助|补偿|补尝|惠农|津贴",
    "finance": "财务|财物|账务|帐务|村账|村帐|账目|帐目|账本|帐本|收支",
    "notices": "公告|公示|通知|通告|村务|党务|新闻|消息|新鲜事",
    "guide": "办事指南|办事|指南|办理",
}
COMMAND_TOPIC_WORDS: dict[str, str] = {
    "subsidy": "补贴",
    "finance": "财务",
    "notices": "公告",
    "guide": "办事",
    "case_status": "办件",
}

POLITE = (
    "你好|您好|喂|请问|请|麻烦|同志|领导|老板|帮我|帮忙|我要|我想|想|要|给我|查询|查一下|查下|查看|查|"
    "看一下|看看|看下|看|了解|知道|一下|下"
)
# What is left over after a command is its topic only when these are gone.
FILLERS = re.compile(
    f"{POLITE}|谢谢|多谢|感谢|最近|最新|现在|今年|今天|本村|村里|我村|有没有|有哪些|有什么|有啥子?|哪些|什么|多少|标准|"
    "情况|信息|内容|名单|的|了|吗|呢|吧|啊|呀|没有|没|有|是|[0-9]+年?份?"
)

# An agent is to do it: the matter follows.
BY_AGENT = re.compile(
    "^(?:你好|我?想|我?要|请|找|帮我)*(?:(?:代办|帮办)(?![员点站理])|(?:代办员|帮办员)(?:来|上门)?[帮替给]我?)"
)
HOW_TO = re.compile(
    "(怎么|怎样|如何|咋个?|怎样子)(才能|去|重新|补)?(办(?!得|到)|申请|申领|交|缴|登记|领|取消|注销|换|报名|报销|开|弄|参保)|"
    "(去|到|在|上)?(哪里|哪儿|哪个地方|何处|什么地方|哪)(可以|能)?(办|交|缴|申请|申领|领|开|登记)|"
    "(带|要|需|交|准备|办)(带|准备|交|些)?(什么|啥|哪些)子?(材料|手续|证件|证|资料|条件|东西)?|"
    "(什么|啥|哪些)子?(材料|手续|证件|资料|条件)|找(谁|哪个|哪里|哪位|什么人)|流程|办事|指南"
)
WANTS_DONE = re.compile("申请|申领|办理|参保|登记|登纪|办(?!得|到|好|完|了|成|件|下来)|落户|上户")
MONEY = re.compile(
    "补贴|补帖|布贴|补助|补偿|补尝|津贴|直补|地补|粮补|惠农|"
    "钱|多少|好多|几多|标准|到账|到帐|打卡|发(了|没|放|下|几|多|不)|金额|工资|补了"
)
SUBSIDY = re.compile("补的钱|补贴|补帖|布贴|补助|补偿|补尝|津贴|直补|地补|粮补|惠农|一卡通")
FINANCE = re.compile(
    "财务|财物公开|账务|帐务|账目|帐目|账本|帐本|收支|开支|支出|集体收入|村里?收入|(?<![到入打进转])[账帐](?![号户])|"
    "花了多少|花了好多|花销|开销|(集体|村里?|大?队[里上]?).{0,3}([有剩欠].{0,3}|[收进赚]了)[多好几][少多]钱|租金|承包费|钱.{0,4}[花用去](了|到|在|掉|哪)|花(到|在)哪|经费|集体的钱|债"
)
NOTICES = re.compile(
    "公告|公示|通知|通告|村务|党务|消息|新闻|新鲜事|决议|村规民约|开会|招标|张榜|公布|公开|有(什么|啥|么|哪样|哪些)子?新?(事|动静|活动)"
)
PROGRESS = re.compile(
    "办件|进度|进展|编号|单号|[办弄搞走审]到|办得|[办弄搞审批][的得]?(怎么?|咋)个?样|办的如|(怎么?|咋)个?样了|眉目|下文|[办搞弄](好|完|成|妥|出来|掂|定)?了?(没|吗|未|不|么)|办下来|办理结果|结果出来|"
    "批(了|下来|好|下)?了?(没|吗|未|不|么)|批下来|证(件|书)?(下来|出来|好)了?(没|吗|未|不|么)|审[批核].{0,4}(哪|没|吗|未)|哪一?步|受理了?(没|吗|未)|"
    "(没有?|有没有|是否)通过|通过了?(没|吗|未)|[交递送]的(材料|表|申请|资料)|(材料|表|资料|申请).{0,2}[交递送](上去|了)|"
    "(什么|啥|几)时候?(能|可以|才)?(来|去|过来)?(拿|取|办[好完]|出来|下来)|"
    "申请.{0,2}过了?(没|吗|未|不)|(没有?|没得|有没有|有)(一?点|个)?(信儿?(?![号用息访心箱])|回音|回话|音信)|没(有|得)?一?点?动静|等多[久长]|"
    "[0-9一二两三四五六七八九十半几]个?(天|月|星期|礼拜|周|年)了?.{0,6}没.{0,2}(办|批|信|消息|结果|下来|人理|回[复音话信])"
)
ASKS_ABOUT_A_CASE = re.compile(f"(?<![检调审巡抽])查|差(?=[0-9a-z])|{PROGRESS.pattern}")
ONLY_ASKS = re.compile(f"(?:{POLITE}|差)*(查|查询|差)(?:一下|下|询|一查|我的)?")

COMPLAINT_COMMAND = "投诉|举报|检举"
COMPLAINT = re.compile(
    "投诉|举报|检举|反映|反应(一|个|情况|问题)|告状|告[他她你]|(?<!求)意见|建议|异议|不公平|不公正|乱收费|贪污|优亲厚友|吃拿卡要|"
    "提个问题|态度(太|很|真|非常)?(差|坏|恶劣)"
)
# Something is amiss and nobody sees to it: said without any word for a complaint.
GRIEVANCE = re.compile(
    "没(有|得)?(人|谁)(来|去)?(管|修|收|清|扫|处理|打扫|解决)|(坏|烂|漏|堵|塌|断|爆|臭)(了|得|死).{0,8}(修|管|处理|解决|看看)"
)
HELP = re.compile(
    "帮助|菜单|怎么用|怎样用|如何用|使用说明|用法|命令|指令|功能|咋个?用|这个?(怎么|咋个?)[用弄整查]|有什么用|有啥用|干什么用|(能|可以)(查|问|发|干)(些|点)?(什么|啥|嘛)|^(怎么|咋个?)[查用弄发][啊呀呢嘛]*$|"
    "怎么发(短信|信息|消息)|(该|要)发什么|怎么操作|不会(用|弄|发)|短信.{0,2}(怎么|咋)查|你是(谁|哪)|这是(谁|什么|哪)|"
    "这个?(号码?|短信|电话)是?[干做](什么|啥|嘛)"
)
GREETING = re.compile("(你好|您好|在吗|在不在|喂|有人在?吗|hi|hello)+")

STOP_ALONE = frozenset(("r", "t", "td", "n", "0", "退", "取消", "quit", "end", "cancel"))
STOP = re.compile(
    "退订|退定|取消(订阅|通知|短信|推送|提醒)|停止(发送|推送|短信|通知)|"
    "(别|不要|不用|勿|莫|甭|不准)(再|老|总|一直)?是?(给我|跟我|向我|往我这)?再?(发送?|推送|打扰|骚扰)"
    "(?=$|[了啦来这那吧嘛我]|短信|信息|消息|通知|任何|东西|广告)|"
    "不想再?(收|看)到?(了|短信|通知|消息|这)"
)
# One kind of notices alone; what follows otherwise belongs to nothing that can be ended apart.
STOP_SECTION = re.compile("(?:退订|退定|取消订阅)(财务|补贴|党务|村务)")
START_ALONE = frozenset(("y", "yes", "恢复", "开通", "复订"))
START = re.compile(
    "恢复(订阅|通知|短信|发送|推送|接收)|重新(给我)?(开通|订阅|接收|开始|发)|继续.{0,4}(发|推送|接收)|开通(短信|通知)|请恢复$"
)
MORE = re.compile(
    "(m|我?要?想?再?看?(更多|翻?到?下一?页|再?来?一页|下一条|翻页|继续|还有[吗么嘛呢没]?[有得]?|往下|后面的?|接着)"
    "((发|给)我)*(看看?|瞧瞧?|[呢吗么嘛呗吧啊呀])*)+(谢谢|谢了|多谢)?"
)
MENU = re.compile("(?:选择|选|按|回复|回|我选)?([1-9])(?:号|项)?")
MESSAGES = frozenset(("message", "messages", "sms", "text", "texts", "texting", "sending"))
# What one can subscribe to besides the commands' own topics.
SUBSCRIBED_SECTIONS = re.compile("党务|村务")
SUBSCRIBE = re.compile("订阅|关注|以后有?(?=.{0,8}[发告].{0,2}我)")

SATISFACTION: tuple[tuple[str, int], ...] = (
    ("(?:非常|很|极|极其|十分|特别|太|相当)不满意?|差评|很差|太差", 1),
    ("不(?:太|大|够|怎么|咋|是很|是太)?满意?|不(?:咋|怎么?)[样地]|不好|较差|差$", 2),
    ("基本满意|基本上满意|一般般?|还行|还可以|凑合|马马虎虎", 3),
    ("(?:非常|很|十分|特别|太|相当)满意|(?:满意|好)得很|巴适|好评|非常好|很好|太好了|点赞", 5),
    ("比较满意|满意|[挺蛮]好|不错", 4),
)
SCORE = re.compile(
    r"(?:评价|评分|打分|打|给|评|pj|pingjia|pingfen|dafen|rate|rating|score)[\s:：,，]*(?:了|个)?([1-5])(?!\d)[\s]*(?:分|颗?星)?"
)
STARS = re.compile(r"([1-5一二三四五])\s*(?:分|颗?星)(?:好评)?")
BARE_SCORE = re.compile(r"([1-5])(?![\s]*[0-9a-z年月日号/.\-点元季])")
ASKS_TO_RATE = re.compile("评价|评分|打分")
COURTESY = re.compile("[了吧啊呀哦的呢]*(?:谢谢|多谢|感谢|谢)?[了啊你您]*")

HAN_DIGITS = {char: value for value, char in enumerate("一二三四五六七八九十", start=1)} | {
    "十一": 11,
    "十二": 12,
}
MONTH_NAMES = {
    name: number
    for number, names in enumerate(
        (
            ("january", "jan"),
            ("february", "feb"),
            ("march",),
            ("april", "apr"),
            (),  # "may" is more often the verb
            ("june", "jun"),
            ("july", "jul"),
            ("august", "aug"),
            ("september", "sep", "sept"),
            ("october", "oct"),
            ("november", "nov"),
            ("december", "dec"),
        ),
        start=1,
    )
    for name in names
}

# A letter and five or six characters after one of these is a number plate.
PLATE_PROVINCES = frozenset("京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼")

# Turns of speech in pinyin; a blank stands where one syllable ends, and may be left out by who types.
_SPELLED = {
    "case_status": "ban (hao|wan|cheng|tuo|dao|xia lai|de zen me|de ru he)|pi (le|hao|dao|xia lai)|shen (pi|he) dao|"
    "zen me yang le|tong guo (le|mei)|wo (de|na) (jian |ge )?shi( qing)?\\b|cha .*shi qing",
    "complaint": "mei ren (guan|xiu|li)|huai le mei",
    "guide": "zen me (ban|jiao|shen qing|ling|qu xiao)|na (li|er) (neng |ke yi )?(ban|jiao|ling)|"
    "dai shen me|shen me (cai liao|zheng jian|shou xu)|zhao shui ban",
    "money": "(duo shao|ji duo|hao duo|ji) qian|fa le?\\b|fa (mei|ma)|(shen me|sha) shi hou fa|dao zhang|biao zhun|qian (dao|fa) le",
    "finance": "(cun|dui) (li|shang) (de )?(zhang|qian)|hua le duo shao|ji ti .*qian",
    "notices": "you shen me (xin )?(shi|xiao xi|huo dong)\\b|cun li .*kai hui",
}
SPELLED = {concept: re.compile(rf"\b(?:{said.replace(' ', ' ?')})") for concept, said in _SPELLED.items()}

# Words that a phone which listens writes with other characters; a villager would hardly mean anything else that sounds so.
HEARD = (
    *(
        "补贴",
        "补助",
        "财务",
        "账目",
        "收支",
        "公告",
        "公示",
        "投诉",
        "举报",
        "进度",
        "查询",
        "低保",
        "高龄",
        "残疾",
    ),
    *("养老", "宅基地", "退订", "订阅", "菜单", "指南"),
)

# What is typed otherwise than the tables have it, each as long as what it stands for: traditional characters and
# Cantonese ones, ends of sentences, and slips of the ear that no other word looks like.
# fmt: off
_PAIRS = (
    "財财 務务 貼贴 補补 帳账 賬账 業业 貧贫 個个 證证 號号 編编 結结 農农 訂订 閱阅 閲阅 轉转 發发 問问 題题 請请 謝谢 辦办 報报 銷销 舉举 訴诉 訟讼 導导 災灾 經经 濟济 險险 齡龄 "
    "戶户 戸户 産产 產产 離离 兒儿 黨党 會会 議议 員员 費费 標标 資资 債债 調调 樹树 還还 鄉乡 鎮镇 醫医 療疗 養养 區区 長长 遠远 響响 樣样 錢钱 種种 糧粮 計计 劃划 東东 車车 馬马 "
    "門门 開开 關关 給给 誰谁 後后 見见 進进 時时 間间 幾几 話话 聽听 說说 讀读 寫写 電电 訊讯 網网 絡络 繼继 續续 頁页 幫帮 單单 選选 擇择 評评 價价 滿满 壞坏 爛烂 髒脏 橋桥 溝沟 "
    "廁厕 專专 項项 撥拨 國国 殘残 護护 臨临 設设 備备 樓楼 廣广 場场 縣县 監监 審审 準准 過过 據据 點点 機机 構构 紅红 線线 圖图 紙纸 籤签 簽签 領领 決决 籌筹 勞劳 吿告 喺在 咗了 "
    "嘅的 冇没 啦了 咧了 嘞了 喽了 哋们 "
)
# fmt: on
OTHER_CHARACTERS = {ord(pair[0]): pair[1] for pair in _PAIRS.split()}
SLIPS = {
    "补铁": "补贴",
    "高令": "高龄",
    "木有": "没有",
    "投述": "投诉",
    "财雾": "财务",
    "菜务": "财务",
    "户囗": "户口",
    "进渡": "进度",
    "退丁": "退订",
    "订月": "订阅",
}
