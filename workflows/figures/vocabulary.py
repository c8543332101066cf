"""Chinese words that no line break divides.

Chinese is written without spaces; a line may break anywhere, but titles in narrow cards read better when
the words of administration stay whole. What is not listed here breaks as before.
"""

from __future__ import annotations

KNOWN = """
申请 受理 审查 审批 审核 审定 审图 核准 核发 核定 核对 核实 核查 核验 备案 登记 注销 撤销 吊销 变更
设立 延续 颁发 签发 发给 出具 送达 领取 取得 公示 公告 公布 发布 告知 通知 承诺 补正 更正 修改 修复
整改 改正 纠正 退回 转为 转入 提交 报送 填报 录入 推送 共享 归集 接收 收到 收集 记载 认定 认领 确认
评估 评价 评审 评议 论证 勘验 踏勘 检查 检验 检测 抽查 抽取 验收 监督 监管 监测 处理 处罚 处置 办理
办结 办公 办事 反馈 答复 回复 回避 听证 征求 征收 提出 提供 作出 制定 编制 制作 拟订 报告 报批 报备
清理 清算 清偿 分配 支付 缴纳 缴销 申报 申领 使用 适用 停止 终止 恢复 废止 失效 延期 延长 划拨 出让
供地 选派 委托 授权 组织 实施 施工 开工 竣工 建设 设计 投资 经营 准入 准予 不予 允许 禁止 应当 可以
需要 属于 构成 符合 超过 列入 计入 记入 移出 撤下 停业 生成 搜集 梳理 承接 保留 取消 调整 落实 衔接
协调 走访 交办 转办 督办 评定 收回 持有 下载 出示 选择 执法 立项 材料 资料 文件 证明 证书 执照 许可
许可证 营业 营业执照 通知书 承诺书 决定书 意见书 建议书 报告书 报告表 登记表 登记簿 项目 事项 事由 事务
清单 目录 名录 名单 指南 系统 平台 窗口 信息 数据 代码 标志 种子 摘要 表格 方案 计划 规划 措施 条件
情况 情形 方式 方面 范围 范畴 类别 类型 结果 结论 意见 决定 决议 裁定 批复 概算 估算 预算 费用 工资
税款 债务 债权 债权人 财产 资产 负债表 补偿金 公章 印章 发票 账户 银行 保险 社会 社会保险 土地 用地
选址 工程 质量 安全 消防 环境 影响 环境影响 生态 生态环境 不动产 房屋 图纸 施工图 档案 风险 信用 失信
异议 问题 负面 职责 责任 义务 权利 法律 法规 条例 规定 依据 标准 期限 时限 期间 年度 阶段 环节 步骤
流程 程序 手续 进度 进展 要求 原因 理由 内容 对象 主体 单位 部门 机构 机关 政府 人民 人民政府 人民法院
法院 规划部门 住建部门 登记机关 税务机关 审图机构 质监机构 安监机构 社保机构 检测机构 评估机构 企业
公司 股份 股东 投资人 经营者 申请人 代表人 法定 负责人 人员 专家 公众 个体 工商户 市场 市场监管 税务
海关 公安 住建 社保 行政 行政机关 政务 服务 大厅 综合 互联网 电子 可行性 研究 专业 技术 特殊 工作日
是否 或者 以及 还是 其他 其它 全部 部分 有关 相关 各项 各类 一次 一次性 首次 首批 再次 同时 同步 同意
并联 串联 并行 联合 统一 分别 逐项 依法 依次 当场 现场 在线 线上 线下 书面 口头 随机 简易 一般 普通
重大 重新 严重 轻微 简化 合格 不合格 不齐 齐全 有误 不足 足以 不再 仍不 即可 即为 即时 已经 尚未 没有
逾期 视同 期满 之日 以上 以下 以外 以内 百分之 主管 本级 上级 下级 地方 本地 异地 直接 间接 真正 变相
平等
"""
WORDS = frozenset(KNOWN.split())
LONGEST = max(map(len, WORDS))


def inside(text: str) -> frozenset[int]:
    """The places in the text before which a break would divide a word: the longest word that begins at a
    place counts, and the next begins behind it."""
    found: set[int] = set()
    at = 0
    while at < len(text):
        long = next((n for n in range(LONGEST, 1, -1) if text[at : at + n] in WORDS), 1)
        found.update(range(at + 1, at + long))
        at += long
    return frozenset(found)
