"""A Django project in one file, its own database beside that of the cases.

一个文件的 Django 项目，自己的数据库与办件数据库并存。

    python django_app.py migrate      # once
    python django_app.py runserver
    python django_app.py work         # the worker, in a process of its own

Django's connection is not one of SQLAlchemy, so a row of Django and a case cannot share a commit. They need
not: the row is written first, says that its case is still to be opened, and carries the key under which it
is opened at most once. Whoever comes by, right after the commit or after a crash, opens it.

Logging in is the host's: this file has no page for it, its test logs in by Django's client. A user's groups
are their roles, e.g. `investors`.
登录由业务系统负责：本文件没有登录页，测试用 Django 的客户端登录；用户所属的组即其角色，如 `investors`。
"""

from __future__ import annotations

import json
import os
import sys
from functools import cache
from typing import Any

import django
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.management import call_command, execute_from_command_line
from django.db import close_old_connections, connection, models, transaction
from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.utils.translation import get_language
from django.views.decorators.http import require_POST

from jianban.engine import Actor, Engine
from jianban.engine.effects.rows import Outgoing
from jianban.engine.engine import Refused, UnknownCase
from jianban.workflows.texts import Text

settings.configure(
    SECRET_KEY=os.environ.get("SECRET_KEY", "only for trying out"),
    DEBUG=__name__ == "__main__",
    ALLOWED_HOSTS=os.environ.get("HOSTS", "localhost").split(","),
    ROOT_URLCONF=__name__,
    CASES=os.environ.get("CASES", "sqlite:///cases.db"),
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": os.environ.get("DESK", "desk.db"),
        }
    },
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions"],
    SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.locale.LocaleMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ],
    LANGUAGE_CODE="zh-hans",
    LANGUAGES=[("zh-hans", "简体中文"), ("en", "English")],
    USE_TZ=True,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
)
django.setup()


class Application(models.Model):
    """What was applied for, and whether its case is open: the outbox. 申请及其办件是否已开：即发件箱。"""

    applicant = models.ForeignKey("auth.User", models.PROTECT)
    key = models.CharField(max_length=200)
    company = models.CharField(max_length=200)
    facts = models.JSONField(default=dict)
    case_id = models.CharField(max_length=64, null=True, unique=True)
    refused = models.TextField(blank=True)

    class Meta:
        app_label = "desk"
        constraints = (models.UniqueConstraint(fields=["applicant", "key"], name="desk_application_key"),)


class Notice(models.Model):
    """What somebody was told. 已发出的通知。"""

    key = models.CharField(max_length=200, unique=True)
    role = models.CharField(max_length=200)
    text = models.TextField()

    class Meta:
        app_label = "desk"


@cache
def engine() -> Engine:
    """Opened at the first request, so after a server has forked. 首次请求时打开，即在服务器派生进程之后。"""
    return Engine.open(settings.CASES)


def actor_of(user: Any) -> Actor:
    """The groups of a user are the roles. 用户所属的组即其角色。"""
    return Actor(user.get_username(), user.groups.values_list("name", flat=True))


def said(text: Text) -> str:
    return text.get("en" if (get_language() or "").startswith("en") else "zh")


@login_required
@require_POST
def apply(request: HttpRequest) -> JsonResponse:
    given = json.loads(request.body)
    with transaction.atomic():
        application, _new = Application.objects.get_or_create(
            applicant=request.user,
            key=request.headers["Idempotency-Key"],
            defaults={"company": given["company"], "facts": given.get("facts", {})},
        )
        # never inside the transaction: a case that is open stays open when Django rolls back
        transaction.on_commit(lambda: open_case(application))
    status = 201 if application.case_id else 409
    return JsonResponse({"case": application.case_id, "refused": application.refused}, status=status)


def open_case(application: Application) -> None:
    """Open the case of an application; doing it again changes nothing. 为申请开办件，重复执行无影响。"""
    if application.case_id or application.refused:
        return
    try:
        case = engine().start(
            "deregistration/simple",
            data=application.facts,
            actor=actor_of(application.applicant),
            subject=application.company,
            key=f"application-{application.pk}",
        )
        application.case_id = case.id
    except Refused as refused:
        application.refused = said(refused.text)
    application.save(update_fields=["case_id", "refused"])


def open_waiting() -> int:
    """Open the cases that a crash has left unopened: before the worker starts, or every minute.

    为因故障而未开的申请补开办件：在 worker 启动前执行，或每分钟执行一次。
    """
    waiting = list(Application.objects.filter(case_id=None, refused=""))
    for application in waiting:
        open_case(application)
    return len(waiting)


@login_required
def options(request: HttpRequest, case: str) -> JsonResponse:
    try:
        offers = engine().options(case, actor=actor_of(request.user))
    except UnknownCase as error:
        return JsonResponse({"text": said(error.text)}, status=404)
    return JsonResponse(
        {
            "options": [
                {
                    "event": offer.event if offer.place is None else f"{offer.place}.{offer.event}",
                    "title": said(offer.title),
                    "deadline": offer.deadline,
                    "refused": offer.refusal and said(offer.refusal.text),
                }
                for offer in offers
            ]
        }
    )


@transaction.non_atomic_requests
@login_required
@require_POST
def fire(request: HttpRequest, case: str) -> JsonResponse:
    given = json.loads(request.body)
    try:
        answer = engine().fire(
            case,
            given["event"],
            actor=actor_of(request.user),
            data=given.get("data"),
            key=request.headers["Idempotency-Key"],
        )
    except UnknownCase as error:
        return JsonResponse({"text": said(error.text)}, status=404)
    if not answer:
        return JsonResponse({"text": said(answer.text), "remedy": said(answer.remedy)}, status=409)
    return JsonResponse({"entry": answer.seq, "repeated": answer.repeated})


urlpatterns = [
    path("applications", apply),
    path("cases/<str:case>/options", options),
    path("cases/<str:case>/events", fire),
]


def notify(outgoing: Outgoing) -> None:
    """An effect may come twice, under the same key; the row is written once. 通知可能重复送来，只写一行。"""
    close_old_connections()
    try:
        Notice.objects.get_or_create(
            key=outgoing.key, defaults={"role": outgoing.effect.to, "text": outgoing.effect.text.zh}
        )
    finally:
        close_old_connections()


def prepare() -> None:
    """The tables; a project of more than one file has migrations. 建表；正式项目应使用迁移。"""
    call_command("migrate", verbosity=0)
    there = connection.introspection.table_names()
    with connection.schema_editor() as editor:
        for model in (Application, Notice):
            if model._meta.db_table not in there:
                editor.create_model(model)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["migrate"]:
            prepare()
        case ["work"]:
            open_waiting()
            engine().worker({"notify": notify}).run()
        case _:
            execute_from_command_line(sys.argv)
