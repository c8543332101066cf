"""The stable codes of everything that can be wrong with a definition file."""

from __future__ import annotations

from collections.abc import Mapping

from jianban.workflows.texts import Text

CODES: Mapping[str, Text] = {
    "J100": Text("文件无法读取", "The file cannot be read"),
    "J101": Text("不是 UTF-8 文本", "Not UTF-8 text"),
    "J102": Text("文件过大", "The file is too large"),
    "J103": Text("嵌套过深", "Nested too deeply"),
    "J104": Text("别名展开过多", "Aliases expand to too much"),
    "J105": Text("锚点循环或未定义", "An anchor contains itself or is not defined"),
    "J106": Text("键重复", "A key is written twice"),
    "J107": Text("YAML 语法错误", "YAML syntax error"),
    "J108": Text("文件应恰好含一个文档", "A file holds exactly one document"),
    "J109": Text("用了不支持的 YAML 写法", "A part of YAML that definitions do not use"),
    "J110": Text("键名不认识", "Unknown key"),
    "J111": Text("缺少必填的键", "A required key is missing"),
    "J112": Text("内容类型不对", "The wrong type of value"),
    "J113": Text("不是允许的取值", "Not one of the allowed values"),
    "J114": Text("编号写法不对", "A malformed id"),
    "J115": Text("期限写法不对", "A malformed duration"),
    "J116": Text("日期写法不对", "A malformed date"),
    "J117": Text("数值超出范围", "A number out of range"),
    "J118": Text("看不出是哪一类内容", "An item that is none of the known ones"),
    "J119": Text("内容为空", "Empty where something is needed"),
    "J120": Text("步骤类型不存在", "Unknown kind of step"),
    "J121": Text("角色不存在", "Unknown role"),
    "J122": Text("机构不存在", "Unknown agency"),
    "J123": Text("材料不存在", "Unknown material"),
    "J124": Text("文件依据不存在", "Unknown source"),
    "J125": Text("数据项不存在", "Unknown data field"),
    "J126": Text("流程不存在", "Unknown process"),
    "J127": Text("步骤不存在", "Unknown step"),
    "J128": Text("事件不存在", "Unknown event"),
    "J129": Text("所替代的内容不存在", "Replaces something the base does not have"),
    "J130": Text("条件表达式有误", "A faulty condition"),
    "J131": Text("缺少必需的结果", "A needed end is missing"),
    "J132": Text("汇合数目不合理", "A join that cannot be met"),
    "J133": Text("判断的分支不合理", "Branches of a choice that do not fit"),
    "J134": Text("逐项办理的写法不对", "A faulty block for each item"),
    "J135": Text("被调用流程的结果没有去向", "An end of a called process leads nowhere"),
    "J136": Text("撤回或中止的写法不对", "A faulty withdrawal or suspension"),
    "J137": Text("期满后果的写法不对", "A faulty consequence of expiry"),
    "J138": Text("数据项的写法不对", "A faulty data field"),
    "J139": Text("写法前后不合", "Parts that do not fit together"),
    "J140": Text("流程循环引用", "Processes that need each other"),
    "J141": Text("修改的对象不存在", "An edit of something the base does not have"),
    "J142": Text("修改的写法不对", "A faulty edit"),
    "J143": Text("目录内容不一致", "A catalogue that contradicts itself"),
    "J144": Text("引文写法不对", "A malformed phrase of a citation"),
    "J145": Text("判断表的写法不对", "A faulty decision table"),
    "J146": Text("判断表有遗漏", "A decision table with a gap"),
    "J147": Text("判断表有轮不到的行", "A row of a decision table that is never reached"),
}
"""Code → what it is called, for all that is found while a file is read; the analysis has `J2xx`, `J3xx`."""
