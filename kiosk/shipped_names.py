"""Names that come from the county yet are the same everywhere: the 29 items of the catalogue (公开目录) and the guides' tags.

The record holds them in Chinese. Those that this product ships have English here; a county's own stay as they are.
"""

from flask_babel import gettext
from flask_babel import lazy_gettext as _

ITEMS = (
    _("党组织设置与党员构成"),
    _("班子成员分工、职责与联系电话"),
    _("年度目标与完成情况"),
    _("发展党员"),
    _("党费收缴与管理"),
    _("组织生活、理论学习、主题党日"),
    _("党风廉政与违纪查处"),
    _("重大决策、换届任免、评议评优"),
    _("自治章程、村规民约、各项制度"),
    _("村委会、监委会组成与换届、补选"),
    _("村民会议、村民代表会议决议及执行"),
    _("投入五万元及以上等重大事项与进程"),
    _("宅基地申请与审批"),
    _("公益事业、工程招投标、筹资筹劳"),
    _("征地补偿与分配、搬迁安置"),
    _("计划生育、医保、社保、被征地养老落实"),
    _("协助政府工作、网格划分、民主评议及其他"),
    _("财务计划（预算）与决算"),
    _("各项收入（逐笔）"),
    _("各项支出（逐笔）"),
    _("各项资产"),
    _("各类资源与承包租赁合同"),
    _("债权债务"),
    _("收益分配"),
    _("惠农政策与补助标准清单"),
    _("农业类补贴发放名单"),
    _("低保、特困、临时救助、残疾人补贴"),
    _("救灾救济与社会捐赠款物"),
    _("林业、危房改造、雨露计划等项目补助"),
)
TAGS = (
    _("困难救助"),
    _("生病"),
    _("养老"),
    _("生育"),
    _("就业"),
    _("建房"),
    _("社会救助"),
    _("社会福利"),
    _("儿童福利"),
    _("老年福利"),
    _("生育收养"),
    _("社会保险"),
    _("就业创业"),
    _("户籍办理"),
    _("住房与土地"),
    _("残疾人"),
    _("务工人员"),
    _("特困人员"),
    _("未成年人"),
    _("退役军人"),
    _("全体居民"),
    _("毕业生"),
    _("低收入家庭"),
    _("孤儿"),
    _("妇女"),
    _("老年人"),
)


def in_language(name: str) -> str:
    """A shipped name in the visitor's language, any other as it is."""
    return gettext(name) if name else ""
