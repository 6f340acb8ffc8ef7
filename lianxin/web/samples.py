"""What the living page shows: invented people, places with long names, every component."""

from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest

from lianxin.kernel import clock
from lianxin.kernel.paging import Page
from lianxin.web.forms import ChipSelect, DateInput, LxForm, PhoneInput, PhotosField
from lianxin.web.parts import Bar, Chip, Custody, Fact, Key, Link, Step, Tile

CATEGORIES = [
    ("traffic", "交通出行"),
    ("care", "一老一小"),
    ("town", "城乡建设"),
    ("clean", "环境卫生"),
    ("more", "更多…"),
]


class SampleForm(LxForm, forms.Form):
    words = forms.CharField(
        label="照您平时说话写就行",
        help_text="哪里、什么时候、多久了。代表会看到您的原话。",
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    photos = PhotosField(label="照片", help_text="最多 6 张，位置信息会自动去掉", required=False)
    category = forms.ChoiceField(
        label="属于哪一类",
        help_text="按您写的内容建议，可以改",
        choices=CATEGORIES,
        widget=ChipSelect,
    )
    phone = forms.CharField(label="手机号", required=False, widget=PhoneInput)
    day = forms.DateField(label="哪一天", widget=DateInput)
    channel = forms.ChoiceField(
        label="怎么来的",
        choices=[("", "请选择"), ("walk", "来访"), ("call", "来电"), ("web", "网页")],
    )
    visibility = forms.ChoiceField(
        label="谁能看到",
        choices=[("all", "公开，姓名和门牌遮盖"), ("me", "只有办理的人和我")],
        widget=forms.RadioSelect,
        initial="all",
    )
    agree = forms.BooleanField(label="我同意把联系方式交给承办单位，只用来办这件事")


class WhatForm(LxForm, forms.Form):
    words = SampleForm.base_fields["words"]
    photos = SampleForm.base_fields["photos"]
    category = SampleForm.base_fields["category"]


def samples(request: HttpRequest) -> dict[str, Any]:
    """Everything the pages below /styleguide/ draw."""
    now = clock.now()
    wrong = SampleForm({"phone": "12345", "channel": "fax"})
    return {
        "now": now,
        "form": SampleForm(prefix="s"),
        "wrong": wrong,
        "what": WhatForm(initial={"category": "traffic"}),
        "workplace": "desk",
        "days": [clock.local_date(now) + timedelta(days=n) for n in (4, 5, 11)],
        "tones": [
            ("neutral", "待受理"),
            ("info", "已答复 · 列入计划"),
            ("good", "已落实"),
            ("warn", "办理中 · 还剩 2 个工作日"),
            ("bad", "超 1 个工作日"),
        ],
        **_lists(),
        "custody": _custody(),
        "steps": _steps(now),
        "page": Page(items=[], next_cursor="n", prev_cursor="p"),
        "rows": _rows(),
        "keys": [
            Key(caps=["J", "K"], does="上下"),
            Key(caps=["Enter"], does="打开"),
            Key(caps=["X"], does="选中"),
            Key(caps=["A"], does="交办"),
        ],
        "refused": {
            "message": "这件事已经由前卫派出所签收，不能再退回。",
            "hint": "需要更多时间，可以申请延期；不该由本单位办，请联系前卫街道代表工作站。",
        },
    }


def _lists() -> dict[str, Any]:
    return {
        "tiles": [
            Tile(value=1, label="已超期，等督办", tone="bad", href="#tiles"),
            Tile(value=4, label="两个工作日内到期", href="#tiles"),
            Tile(value=3, label="新来，等受理", href="#tiles"),
            Tile(value=1, label="不满意，等二次办理", href="#tiles"),
        ],
        "year": [
            Tile(value=312, label="今年反映事项"),
            Tile(value=309, label="已有回应，3 件在期限内"),
            Tile(value="4.2 天", label="回应用时中位数"),
            Tile(value="91%", label="满意和基本满意（评价 187 件）"),
        ],
        "bars": [
            Bar(label="催办", value=2106, words="2,106", href="#bars"),
            Bar(label="督办单", value=655, href="#bars"),
            Bar(label="询问", value=102),
            Bar(label="视察", value=44),
            Bar(label="专题询问", value=7),
        ],
        "chips": [
            Chip(label="全部", count=9, href="?", active=True),
            Chip(label="我经手的", count=5, href="?mine=1"),
            Chip(label="交通出行", href="?c=1"),
            Chip(label="一老一小", href="?c=2"),
        ],
        "path": [
            Link(label="云南省", href="#path"),
            Link(label="红河哈尼族彝族自治州", href="#path"),
            Link(label="金平苗族瑶族傣族自治县", href="#path"),
            Link(label="者米拉祜族乡", href=""),
        ],
    }


def _custody() -> Custody:
    return Custody(
        state="办理中",
        tone="warn",
        due="还剩 2 个工作日",
        facts=[
            Fact(
                question="现在在谁手里",
                answer="西山区交警大队（主办）",
                note="前卫街道办事处协办 · 代表 周明远 跟进",
            ),
            Fact(question="从什么时候起", answer="11月18日 周三 10:20 签收"),
            Fact(question="欠您什么", answer="11月24日 周二 前书面答复"),
            Fact(
                question="到期没答复，下一步",
                answer="区人大常委会代工委督办",
                note="自动升级，您会收到通知",
            ),
        ],
    )


def _steps(now: Any) -> list[Step]:
    return [
        Step(title="答复", text="交警大队答复后，请您评价", state="next"),
        Step(
            title="交办 → 西山区交警大队签收",
            quote="早晚高峰派员疏导，研究画设临停泊位。",
            at=now - timedelta(days=4),
            state="now",
        ),
        Step(
            title="代表现场查看",
            text="周明远、杨文秀到幼儿园门口，与园方、街道商议",
            at=now - timedelta(days=5),
            note="照片 2 张",
        ),
        Step(title="分办 → 代表 周明远", at=now - timedelta(days=5, hours=7)),
        Step(
            title="受理",
            text="前卫街道工作站受理，事项属交通出行",
            at=now - timedelta(days=6),
        ),
        Step(title="提交", at=now - timedelta(days=6, hours=1), note="微信"),
    ]


def _rows() -> list[dict[str, Any]]:
    def row(title: str, note: str, holder: str, since: str, days: int, until: str, act: str) -> Any:
        return {
            "title": title, "note": note, "holder": holder, "since": since,
            "days": days, "until": until, "act": act,
        }  # fmt: skip

    first = row(
        "大型犬不牵绳，孩子不敢下楼", "530112-2026-0298 · 交办 · 广池小区 · 23 人同样关心",
        "前卫派出所", "签收 11月9日", -1, "11月20日", "提请督办",
    )  # fmt: skip
    long = row(
        "西双版纳傣族自治州勐腊县关累镇界碑旁的村道护栏缺失，雨天有车滑落，放学的孩子只能贴着边沟走",
        "532823-2026-0021 · 转办 · 新时代边境小康示范村第 3 网格 · 106 人同样关心",
        "双江拉祜族佤族布朗族傣族自治县交通运输局", "主办 · 镇人民政府协办", 2, "11月24日", "催办",
    )  # fmt: skip
    sensitive = row(
        "老伴卧床，买药配送没人管", "530112-2026-0315 · 分办 · 电话登记 · 姓名已遮盖",
        "代表 和丽珍", "昨天 17:10", 0, "加急 24 小时", "联系代表",
    )  # fmt: skip
    last = row(
        "活动室屋顶漏雨", "530112-2026-0287 · 二次办理 · 居民评价：不满意",
        "前卫街道办", "原经办人回避", 3, "11月25日", "看意见",
    )  # fmt: skip
    return [first, long, {**sensitive, "sensitive": True}, last]
