"""What refusals say: for each, what is wrong and what to do."""

from __future__ import annotations

from jianban.workflows.texts import Text

TEXTS: dict[str, tuple[Text, Text]] = {
    "eligibility": (
        Text("不符合申请条件：{condition}", "The conditions for applying are not met: {condition}"),
        Text("请在条件满足后申请", "Apply once they are met"),
    ),
    "guard": (
        Text("“{title}”的条件不满足：{condition}", "“{title}” is not possible: {condition} does not hold"),
        Text("请在条件满足后办理", "Do it once the condition holds"),
    ),
    "guard_said": (
        Text("不能“{title}”：{said}", "“{title}” is not possible: {said}"),
        Text("请在条件满足后办理", "Do it once the condition holds"),
    ),
    "fault": (
        Text("无法判断能否“{title}”：{fault}", "Whether “{title}” is possible cannot be told: {fault}"),
        Text("请补充或更正数据", "Complete or correct the data"),
    ),
    "missing": (
        Text("“{title}”缺少数据：{names}", "Data is missing for “{title}”: {names}"),
        Text("请补充数据", "Complete the data"),
    ),
    "no_branch": (
        Text("“{title}”没有一个分支的条件满足", "No branch of “{title}” has a condition that holds"),
        Text("请更正数据，或在流程中增加“其他”分支", "Correct the data, or give the process an else branch"),
    ),
    "no_exit": (
        Text("“{title}”没有与结果“{end}”对应的出口", "“{title}” has no exit for the end “{end}”"),
        Text("请在流程中为该结果写明去向", "Say in the process where that end leads"),
    ),
    "role": (
        Text("“{title}”应由{roles}办理", "“{title}” is for: {roles}"),
        Text("请由有该职责的人员办理", "Let someone with that role do it"),
    ),
    "near_role": (
        Text("“{title}”应由{roles}办理", "“{title}” is for: {roles}"),
        Text(
            "办理人的角色“{role}”不在其中，是否应为“{near}”？",
            "The actor's role “{role}” is none of them. Did you mean “{near}”?",
        ),
    ),
    "start": (
        Text("“{title}”不能由{person}发起", "{person} may not open a case of “{title}”"),
        Text("请由有权发起的人员发起", "Let someone do it who may"),
    ),
    "assigned": (
        Text("本办件的“{title}”只由{persons}办理", "In this case “{title}” is for {persons} only"),
        Text("请由其本人办理，或经其授权", "Let them do it, or act under their delegation"),
    ),
    "responsible": (
        Text("“{title}”由首接人员{person}负责", "“{title}” stays with {person}, who is responsible"),
        Text("请由其办理，或先办理移交", "Let them do it, or have the case handed over first"),
    ),
    "handover": (
        Text("只有承办人{person}和{roles}可以移交办件", "Only {person} and {roles} may hand the case over"),
        Text("请由其移交", "Let one of them do it"),
    ),
    "no_responsible": (
        Text("本办件没有首接人员", "Nobody has received this case first"),
        Text("无须移交", "There is nothing to hand over"),
    ),
    "receiver_role": (
        Text("{person}没有接办所需的职责（{roles}）", "{person} has none of the roles needed: {roles}"),
        Text("请移交给有该职责的人员", "Hand it over to someone with that role"),
    ),
    "same_receiver": (
        Text("办件已由{person}负责", "{person} is already responsible"),
        Text("请移交给他人", "Hand it over to somebody else"),
    ),
    "unknown_role": (
        Text("本流程没有角色“{role}”", "This process has no role “{role}”"),
        Text("可绑定的角色有：{known}", "The roles are: {known}"),
    ),
    "delegation_revoked": (
        Text(
            "{giver}的授权已撤销，不能“{title}”", "“{title}” is not possible: {giver} revoked the delegation"
        ),
        Text("请由其本人办理，或重新授权", "Let them do it, or delegate anew"),
    ),
    "delegation_early": (
        Text("{giver}的授权自{start}起生效", "The delegation of {giver} holds from {start} on"),
        Text("请届时办理", "Do it then"),
    ),
    "delegation_expired": (
        Text("{giver}的授权已于{end}到期", "The delegation of {giver} ended on {end}"),
        Text("请由其本人办理，或重新授权", "Let them do it, or delegate anew"),
    ),
    "delegation_case": (
        Text("{giver}的授权不包括本办件", "The delegation of {giver} does not cover this case"),
        Text("请由其本人办理，或扩大授权", "Let them do it, or widen the delegation"),
    ),
    "delegation_process": (
        Text("{giver}的授权不包括本流程", "The delegation of {giver} does not cover this process"),
        Text("请由其本人办理，或扩大授权", "Let them do it, or widen the delegation"),
    ),
    "delegation_step": (
        Text(
            "{giver}的授权不包括“{title}”所在步骤",
            "The delegation of {giver} does not cover the step of “{title}”",
        ),
        Text("请由其本人办理，或扩大授权", "Let them do it, or widen the delegation"),
    ),
    "delegation_event": (
        Text("{giver}的授权不包括“{title}”", "The delegation of {giver} does not cover “{title}”"),
        Text("请由其本人办理，或扩大授权", "Let them do it, or widen the delegation"),
    ),
    "delegation_roles": (
        Text(
            "{giver}的授权不包括“{title}”所需的职责",
            "The delegation of {giver} does not pass on the role for “{title}”",
        ),
        Text("请由其本人办理，或扩大授权", "Let them do it, or widen the delegation"),
    ),
    "delegation_agency": (
        Text(
            "“{title}”不属替班人员可代{giver}办理的机构",
            "“{title}” is not in the agency where {giver} is stood in for",
        ),
        Text("请由该机构的人员办理", "Let someone of its own agency do it"),
    ),
    "by_message": (
        Text(
            "“{title}”由消息“{message}”引起，不由人员办理",
            "“{title}” happens when the message “{message}” arrives",
        ),
        Text("请等候该消息", "Wait for it"),
    ),
    "not_awaited": (
        Text("本办件没有等候消息“{message}”", "This case does not wait for the message “{message}”"),
        Text("正在等候的有：{possible}", "It waits for: {possible}"),
    ),
    "other_key": (
        Text(
            "消息“{message}”的主键{key}与本办件不符",
            "The key {key} of the message “{message}” is not this case's",
        ),
        Text("请核对主键", "Check the key"),
    ),
    "separation": (
        Text(
            "“{title}”与“{other}”须由不同人员办理", "“{title}” and “{other}” must be done by different people"
        ),
        Text("请由另一人办理", "Let another person do it"),
    ),
    "wait": (
        Text("“{title}”的期间到 {until} 才届满", "“{title}” must run until {until}"),
        Text("请在 {until} 之后办理", "Do it after {until}"),
    ),
    "timer": (
        Text("“{title}”到期自动发生，不由人员办理", "“{title}” happens by itself when its time has come"),
        Text("请等待期间届满", "Wait until then"),
    ),
    "count": (
        Text("“{title}”最多 {max} 次，已用完", "“{title}” may happen {max} time(s) and has"),
        Text("请改走其他出口", "Take another way"),
    ),
    "collects": (
        Text("“{title}”须提交数据：{names}", "“{title}” must bring data: {names}"),
        Text("请一并提交", "Bring them along"),
    ),
    "unknown_field": (
        Text("没有名为“{name}”的数据项", "There is no data field “{name}”"),
        Text("可用的数据项有：{known}", "The fields are: {known}"),
    ),
    "near_field": (
        Text("没有名为“{name}”的数据项", "There is no data field “{name}”"),
        Text("您是否想写“{near}”？", "Did you mean “{near}”?"),
    ),
    "known": (
        Text(
            "留存的消息“{message}”（{id}）所述不能采用：{said}",
            "What the message “{message}” ({id}) tells, which is kept, cannot be used: {said}",
        ),
        Text(
            "这不是申请人的差错。请由发出方以正确的值重新发布，留存不短于原来，即以新的为准；或更正流程定义",
            "It is no mistake of the applicant's. Let its sender publish it anew with a right value, kept for"
            " as long, which then counts; or correct the definition",
        ),
    ),
    "type": (
        Text("“{title}”应为{kind}", "“{title}” must be {kind}"),
        Text("请更正“{name}”的值", "Correct the value of “{name}”"),
    ),
    "options": (
        Text("“{title}”没有选项“{value}”", "“{title}” has no option “{value}”"),
        Text("可选的有：{options}", "The options are: {options}"),
    ),
    "reason": (
        Text("“{title}”须说明理由", "“{title}” needs a reason"),
        Text("请填写理由", "Give the reason"),
    ),
    "unknown_event": (
        Text("本流程没有事项“{event}”", "This process has no event “{event}”"),
        Text("现在可办理的有：{possible}", "Possible now: {possible}"),
    ),
    "near_event": (
        Text("本流程没有事项“{event}”", "This process has no event “{event}”"),
        Text("您是否想写“{near}”？", "Did you mean “{near}”?"),
    ),
    "no_step": (
        Text("本流程没有步骤“{step}”", "This process has no step “{step}”"),
        Text("办件现处：{places}", "The case stands at: {places}"),
    ),
    "near_step": (
        Text("本流程没有步骤“{step}”", "This process has no step “{step}”"),
        Text("您是否想写“{near}”？", "Did you mean “{near}”?"),
    ),
    "place": (
        Text("现在不能办理“{event}”", "“{event}” cannot happen now"),
        Text("现在可办理的有：{possible}", "Possible now: {possible}"),
    ),
    "elsewhere": (
        Text("现在不能在“{at}”办理“{event}”", "“{event}” cannot happen at “{at}” now"),
        Text("现在可以办理“{event}”的有：{places}", "“{event}” is possible now at: {places}"),
    ),
    "ambiguous": (
        Text("“{event}”可在多处办理：{places}", "“{event}” can happen at several places: {places}"),
        Text("请指明在哪一处办理", "Say at which one"),
    ),
    "suspended": (
        Text("办件已中止（{title}）", "The case is suspended ({title})"),
        Text("请先恢复办理", "Resume it first"),
    ),
    "not_suspended": (
        Text("办件没有中止", "The case is not suspended"),
        Text("无须恢复", "There is nothing to resume"),
    ),
    "excepted": (
        Text("“{step}”期间不能“{title}”", "“{title}” is not allowed during “{step}”"),
        Text("请在该步骤结束后提出", "Ask once that step is over"),
    ),
    "extension": (
        Text("“{title}”的期限不能延长", "The limit of “{title}” cannot be extended"),
        Text("请在期限内办结", "Finish within the limit"),
    ),
    "extended": (
        Text("“{title}”的期限已经延长过", "The limit of “{title}” has been extended already"),
        Text("请在延长的期限内办结", "Finish within the extended limit"),
    ),
    "late": (
        Text(
            "“{title}”的期限已于 {until} 届满，不能再延长",
            "The limit of “{title}” ended on {until} and cannot be extended any more",
        ),
        Text("请尽快办结", "Finish as soon as possible"),
    ),
    "ended": (
        Text("办件已经办结（{end}）", "The case has ended ({end})"),
        Text("如需继续，请另行申请", "Apply anew if there is more to do"),
    ),
    "time": (
        Text("时间 {now} 早于办件的最近一次记录", "{now} lies before the latest record of the case"),
        Text("请使用不早于该记录的时间", "Use a time no earlier than that"),
    ),
    "zone": (
        Text(
            "时间 {now} 与办件的其他时间时区写法不一致",
            "{now} does not state its time zone as the case's other times do",
        ),
        Text("请统一写明时区，或统一不写", "Give all times a time zone, or none"),
    ),
    "endless": (
        Text("“{title}”处的自动转移没有尽头", "The automatic moves at “{title}” never come to rest"),
        Text("请检查流程中选择与并联的回路", "Check the loops of choices and branches in the process"),
    ),
}
