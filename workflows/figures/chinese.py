"""Where a line of Chinese breaks least badly: between words, and after marks.

Chinese is written without spaces and may break anywhere; in narrow cards the words of administration read
better whole. What is not listed here may break anywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise

KNOWN = """
一件事 一次 一次性 一窗 一致 一般 一表 上报 上级 上网 下级 下载 不予 不动产 个月
不合格 不同意 不足 不齐 专业 专家 严重 个体 个工作日 中介 中华人民共和国 中止 串联 主体 主管 主管部门 义务
书面 事务 事后 事由 事项 互联网 交办 产业 人员 人民 人民政府 人民法院 他人 代码 代表
代表人 以及 企业 优化 会议 估算 低风险 住建 住建部门 作出 使用 供地 依据 依次 依法
依职权 保密 保留 保险 信息 信用 修复 修改 债务 债权 债权人 停业 停止 允许 全体 全流程
全部 公众 公共 公司 公告 公安 公布 公开 公示 公章 共享 共同 关闭 其他 其它 具体 内容
再次 决定 决定书 决议 准予 准入 减税 出具 出示 出让 分别 分发 分支 分支机构 分类 分配
划拨 列入 初步 利害 利害关系人 到期 制作 制定 剩余 办事 办件 办公 办公室 办法 办理
办结 勘验 协调 单位 印章 即时 原因 参与 参加 双公示 双随机 反馈 发布 发放 发票 发给
发证 取得 取消 受理 变更 变相 口头 可以 可行性 各类 各项 合同 合并 合格 合法性 吊销
同意 同时 同步 名单 名录 名录库 后续 向社会 听证 告知 告知承诺 回复 回访 回避 国务院 国务院令
国家 国有 图纸 土地 在线 在线平台 地址 地方 场所 基础 填报 处理 处罚 处置 备案 复核
复检 外商 大厅 失信 失效 失败 委托 安全 安监机构 安装 完成 实名 实地 实施 实行 审图
审图机构 审定 审批 审改 审查 审核 宣告 对照 对象 导致 尚未 属于 履行 工作日 工商户
工程 工程规划 工资 已经 市场 市场主体 市场监管 市直 平台 平等 年度 并联 并行 应当 废止
延期 延续 延长 建议书 建设 建设单位 建设工程 建设用地 开始 开工 开户 异地 异常 异议
强制 归集 当场 录入 形式 形成 影响 征收 征求 待办 总包 总平面图 总承包 恢复 情况 情形
意见 意见书 成员 成立 或者 房屋 所有 所欠 手续 执法 执照 批复 承接 承诺 承诺书 技术
投诉 投资 投资人 投资者 报告 报告书 报告表 报备 报批 报监 报纸 报送 抽取 抽查 拆卸
拆装 拟订 持有 持权 指南 指定 指导 授权 授权书 排查 接收 推送 措施 提交 提供 提出
搜集 摘要 撤下 撤回 撤销 支付 收到 收回 收费 收集 改为 改正 政务 政务服务 政府 政策
数据 整改 整治 文件 方式 方案 方面 施工 施工图 施工许可 施工许可证 无需 日期 时限 是否
普通 更正 有关 有关部门 有效 有无 有误 服务 期满 期间 期限 本地 本级 机关 机构 权利
权限 材料 条件 条例 构成 查处 查询 标准 标志 核准 核发 核定 核实 核对 核查 核验 梳理
检查 检测 检测机构 检验 概算 次数 正式 步骤 没有 法人 法定 法定代表人 法律 法规 法院
注册 注销 流程 海关 消防 消防部门 消防验收 涉企 涉税 清偿 清单 清理 清税 清算 清算组
清结 满意 满意度 满足 特殊 特种设备 环保 环境 环境影响 环节 现场 理由 生产 生态
生态环境 生成 用地 申报 申请 申请书 申请人 申领 电子 电话 疑难 登记 登记机关 登记簿
登记表 百分之 皖事通 监测 监理 监督 监管 目录 直接 相关 真正 督办 督查 研究 破产 确定
确认 社会 社会保险 社保 社保机构 禁止 种子 移出 移动端 程序 税务 税务机关 税务部门 税款
窗口 立案 立项 竣工 竣工验收 符合 等候 答复 筛选 签发 签署 简化 简易 简易注销 管理
管辖 类别 类型 系统 纠正 纳入 纳税 线上 线下 组织 终止 终结 经营 经营者 经营项目 结果
结清 结论 统一 继续 综合 综合窗口 编制 缴清 缴纳 缴销 网上 职工 职责 联合 联合验收
股东 股东会 股份 自检 自行 范围 范畴 营业 营商环境 营业执照 落实 行政 行政机关 衔接 补偿 补偿金
补抽 补正 表格 裁定 要求 规划 规划许可 规划许可证 规划部门 规定 视同 解决 解散 解除
计入 计划 认定 认领 记入 记录 记载 许可 许可证 论证 设备 设立 设置 设计 设计文件
设计方案 证书 证明 评价 评估 评估机构 评定 评审 评议 诉求 试点 调整 负债表 负责人 负面
负面清单 财产 责令 责任 责任部门 账户 质监机构 质量 费用 资产 资料 资格 赋码 走访
起重机械 超过 足以 踏勘 转为 转入 转办 轻微 输入 还是 进展 进度 进驻 违法 退回 送达
适用 选址 选择 选派 逐个 逐项 通知 通知书 通过 逾期 部分 部门 重大 重新 银行 长期
问题 间接 阶段 降费 限期 随机 需要 项目 项目建议书 颁发 预算 领取 风险 首批 首次 验收
验证 齐全
"""
WORDS = frozenset(KNOWN.split())
LONGEST = max(map(len, WORDS))
MARKS = frozenset("，、：")
STOPS = frozenset("；。／")
"""Between things that are told one after another, or instead of each other."""
OPENING, CLOSING = frozenset("（《“"), frozenset("）》”")
LEADS = frozenset("和与或并及")
"""Words that rather begin a line than end it."""

# What a break costs, in squares of the part of an even line that is missing or too much.
INSIDE = 2.0
LONE = 1.0
"""What one more costs that leaves one character of a word alone."""
SEAM = 1.0
"""Between the words that a longer one is made of: 竣工|验收."""
UNKNOWN = 0.5
"""Between two characters of which neither belongs to a known word."""
AFTER_A_MARK = -0.3
AFTER_A_STOP = -0.6
IN_BRACKETS = 0.5
"""What one more costs inside the title of a document or what is said in brackets."""


def break_costs(pieces: Sequence[str]) -> list[float]:
    """What a break before each of the pieces costs, which are what may not be broken at all."""
    text = "".join(pieces)
    inside, seams, edges = _words(text)
    costs: list[float] = []
    at = depth = 0
    for piece in pieces:
        cost = SEAM if at in seams else _cost(text, at, inside, edges)
        costs.append(cost + (IN_BRACKETS if depth > 0 else 0))
        at += len(piece)
        depth += sum((c in OPENING) - (c in CLOSING) for c in piece)
    return costs


def unbroken(text: str) -> list[str]:
    """The text in pieces that are better not broken."""
    inside, _, _ = _words(text)
    cuts = [0, *(at for at in range(1, len(text)) if at not in inside), len(text)]
    return [text[a:b] for a, b in pairwise(cuts)]


def keeps_words(lines: Sequence[str]) -> bool:
    """Whether none of these lines of a text ends inside a known word."""
    ends = set(accumulate(map(len, unbroken("".join(lines)))))
    return ends.issuperset(accumulate(map(len, lines)))


def _cost(text: str, at: int, inside: frozenset[int], edges: frozenset[int]) -> float:
    last, begins = text[at - 1 : at], text[at]
    if last in STOPS:
        return AFTER_A_STOP
    if last in MARKS:
        return AFTER_A_MARK
    if at in inside:
        return INSIDE + (LONE if edges & {at - 1, at + 1} else 0)
    if last in LEADS:
        return UNKNOWN
    if at in edges or begins in LEADS or begins in OPENING or last in CLOSING or " " in (begins, last):
        return 0.0
    return UNKNOWN


def _words(text: str) -> tuple[frozenset[int], frozenset[int], frozenset[int]]:
    """The places inside known words, those between the words that one is made of, and those where one begins
    or ends: the words that leave the fewest characters over, and of those the fewest words."""
    best: list[tuple[int, int, int]] = [(0, 0, 0)]
    for end in range(1, len(text) + 1):
        options: list[tuple[int, int, int]] = []
        for start in range(max(end - LONGEST, 0), end):
            if end - start == 1 or text[start:end] in WORDS:
                over, used, _ = best[start]
                options.append((over + (end - start == 1), used + 1, start))
        best.append(min(options))
    inside: set[int] = set()
    seams: set[int] = set()
    edges: set[int] = set()
    end = len(text)
    while end:
        start = best[end][2]
        if end - start > 1:
            inside.update(range(start + 1, end))
            seams.update(at for at in range(start + 1, end) if {text[start:at], text[at:end]} <= WORDS)
            edges.update((start, end))
        end = start
    return frozenset(inside - seams), frozenset(seams), frozenset(edges)
