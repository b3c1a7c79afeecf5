from __future__ import annotations

import asyncio
import base64
import socket
import ssl
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import aiohttp
import orjson
import pytest
import yarl
from aiohttp import web
from aiohttp.client_reqrep import ConnectionKey
from aiohttp.test_utils import TestServer

from importer.config import Secret, SendingConfig, Target
from importer.errors import TargetError
from importer.stages.sending.answers import NoAnswer, Reply
from importer.stages.sending.client import TEXT_BYTES, Client
from importer.stages.sending.deciding import Tries, decide

BASE = "https://api-03.moengage.com"
URL = f"{BASE}/v1/customer/ABC123"
KEY = "k3y-which-nobody-may-see"
CREDENTIALS = base64.b64encode(f"ABC123:{KEY}".encode()).decode()
OK = {"status": "success", "message": "accepted", "request_id": "kXwpDESb"}


def client(base_url: str = BASE, timeout_seconds: float = 5.0) -> Client:
    target = Target("ABC123", Secret(KEY), base_url)
    return Client(target, SendingConfig(concurrency=4, timeout_seconds=timeout_seconds))


async def post(body: bytes = b"{}") -> Reply:
    async with client() as session:
        return await session.post(body)


async def failure(exception: BaseException, api: Any) -> NoAnswer:
    api.post(URL, exception=exception)
    with pytest.raises(NoAnswer) as caught:
        await post()
    return caught.value


# --- against scripted answers ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "action"),
    [
        *((status, "delivered") for status in (200, 201, 202)),
        *((status, "rejected") for status in (400, 413, 415, 422)),
        *((status, "retry") for status in (408, 429, 500, 502, 503, 504)),
        *((status, "stop") for status in (301, 302, 307, 401, 403, 404, 409)),
    ],
)
async def test_each_status_comes_back_as_it_is_and_gets_its_verdict(
    api: Any, status: int, action: str
) -> None:
    api.post(URL, status=status, payload=OK)
    reply = await post()
    assert (reply.status, reply.json_object()) == (status, OK)
    assert decide(reply, Tries()).action == action


async def test_a_gateways_page_comes_back_as_text(api: Any) -> None:
    api.post(URL, status=502, body="<html>Bad Gateway</html>", content_type="text/html")
    assert await post() == Reply(502, "<html>Bad Gateway</html>", {})


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ({"Retry-After": "7"}, {"retry-after": "7"}),
        ({"X-RateLimit-Reset": "30"}, {"x-ratelimit-reset": "30"}),
        ({"x-ratelimit-reset": "1699574400"}, {"x-ratelimit-reset": "1699574400"}),
        ({"Location": "https://elsewhere.example"}, {"location": "https://elsewhere.example"}),
        ({"Set-Cookie": "a=b", "X-Other": "1"}, {}),
    ],
)
async def test_only_the_headers_that_sending_needs_are_kept(
    api: Any, sent: dict[str, str], kept: dict[str, str]
) -> None:
    api.post(URL, status=429, headers=sent)
    assert (await post()).headers == kept


async def test_bytes_that_are_no_text_are_still_an_answer(api: Any) -> None:
    api.post(URL, status=500, body=b"\xff\xfe")
    assert (await post()).text == "\ufffd\ufffd"


@pytest.mark.parametrize(
    ("exception", "kind", "words"),
    [
        (TimeoutError(), "timeout", "no answer within 5 s"),
        (aiohttp.ServerTimeoutError(), "timeout", "no answer within 5 s"),
        (aiohttp.ServerDisconnectedError(), "connection", "closed before an answer"),
        (aiohttp.ClientPayloadError("x"), "connection", "in the middle of the answer"),
        (aiohttp.ClientOSError(104, "Connection reset by peer"), "connection", "reset by peer"),
        (ConnectionResetError(104, "Connection reset by peer"), "connection", "reset by peer"),
        (aiohttp.ClientError("x"), "connection", "broke"),
    ],
)
async def test_a_try_without_an_answer_says_why(
    api: Any, exception: BaseException, kind: str, words: str
) -> None:
    found = await failure(exception, api)
    assert found.kind == kind
    assert words in found.message


@pytest.mark.parametrize(
    ("status", "kind"), [(407, "target"), (403, "target"), (503, "connection")]
)
async def test_a_proxy_that_refuses_is_told_from_one_in_trouble(
    api: Any, status: int, kind: str
) -> None:
    error = aiohttp.ClientHttpProxyError(
        Any,  # type: ignore[arg-type] # what was asked plays no part here
        (),
        status=status,
    )
    assert (await failure(error, api)).kind == kind


@pytest.mark.parametrize(
    ("error", "cause", "kind", "words"),
    [
        (
            aiohttp.ClientConnectorCertificateError,
            ssl.SSLCertVerificationError("self-signed"),
            "target",
            "certificate of api-03.moengage.com",
        ),
        (
            aiohttp.ClientConnectorDNSError,
            socket.gaierror(-2, "Name or service not known"),
            "connection",
            "name api-03.moengage.com could not be looked up",
        ),
    ],
)
async def test_a_host_that_cannot_be_trusted_or_found_is_named(
    api: Any, error: Callable[..., Exception], cause: Exception, kind: str, words: str
) -> None:
    key = ConnectionKey("api-03.moengage.com", 443, True, True, None, None, None)
    found = await failure(error(key, cause), api)
    assert found.kind == kind
    assert words in found.message


async def test_the_request_carries_credentials_and_the_body_untouched(api: Any) -> None:
    api.post(URL, payload=OK)
    async with client() as session:
        await session.post(b'{"customer_id":"0042"}')
        assert session._session is not None
        headers = session._session.headers
    ((call,),) = api.requests.values()
    assert call.kwargs["data"] == b'{"customer_id":"0042"}'
    assert call.kwargs["allow_redirects"] is False
    assert headers["Authorization"] == f"Basic {CREDENTIALS}"
    assert headers["MOE-APPKEY"] == "ABC123"
    assert headers["Content-Type"] == "application/json"


async def test_the_connection_test_asks_as_documented(api: Any) -> None:
    api.post(f"{BASE}/v1/integrations/authentication", payload={"status": "success"})
    async with client() as session:
        assert (await session.test_connection()).status == 200
    ((call,),) = api.requests.values()
    assert orjson.loads(call.kwargs["data"]) == {
        "app_id": "ABC123",
        "app_secret": KEY,
        "source": "moengage-importer",
        "region": "03",
    }


@pytest.mark.parametrize("secret", [KEY, CREDENTIALS])
async def test_an_answer_that_echoes_the_key_comes_back_without_it(api: Any, secret: str) -> None:
    api.post(URL, status=400, body=f'{{"message":"you sent {secret}"}}')
    reply = await post()
    assert reply.text == '{"message":"you sent ***"}'


async def test_no_failure_carries_the_key(api: Any) -> None:
    request = aiohttp.RequestInfo(
        yarl.URL(URL),
        "POST",
        {"Authorization": f"Basic {CREDENTIALS}"},  # type: ignore[arg-type] # any mapping will do
        yarl.URL(URL),
    )
    error = aiohttp.ClientResponseError(request, (), status=400, message=KEY)
    found = await failure(error, api)
    shown = repr(found) + str(found) + "".join(traceback.format_exception(found))
    assert found.__context__ is None
    assert KEY not in shown
    assert CREDENTIALS not in shown


def test_a_client_shows_no_key() -> None:
    assert KEY not in repr(client()) + str(client())


async def test_a_client_outside_its_context_is_a_plain_mistake() -> None:
    with pytest.raises(RuntimeError, match="async with"):
        await client().post(b"{}")


# --- proxies -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("environment", "base_url", "proxy"),
    [
        ({"https_proxy": "http://proxy:3128"}, BASE, "http://proxy:3128"),
        ({"https_proxy": "proxy:3128"}, BASE, "http://proxy:3128"),
        ({"https_proxy": "http://proxy:3128", "no_proxy": "moengage.com"}, BASE, None),
        ({"http_proxy": "http://proxy:3128"}, BASE, None),
        ({"http_proxy": "http://proxy:3128"}, "http://127.0.0.1:8080", None),
        ({}, BASE, None),
    ],
)
async def test_the_proxy_of_the_environment_is_used_but_never_for_this_machine(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], base_url: str, proxy: str | None
) -> None:
    for name in ("http_proxy", "https_proxy", "no_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    async with client(base_url) as session:
        assert session._session is not None
        assert session._session._default_proxy == proxy


async def test_a_proxy_that_is_no_http_proxy_is_refused_without_showing_its_password(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("https_proxy", "socks5://me:pa55word@proxy:1080")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    with pytest.raises(TargetError) as caught:
        async with client():
            pass
    assert caught.value.problem.place == "HTTPS_PROXY"
    assert "pa55word" not in str(caught.value)


# --- against a real server on this machine -----------------------------------------------------

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def served(handler: Handler, timeout_seconds: float = 5.0) -> AsyncIterator[Client]:
    app = web.Application()
    app.router.add_post("/{anything:.*}", handler)
    async with (
        TestServer(app) as server,
        # By name: a cookie jar keeps nothing for a bare address, and would prove nothing.
        client(f"http://localhost:{server.port}", timeout_seconds) as session,
    ):
        yield session


async def raw_answer(data: bytes) -> Reply | NoAnswer:
    """Post to a server that answers with exactly these bytes and closes."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(data)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, client(f"http://127.0.0.1:{port}") as session:
        try:
            return await session.post(b"{}")
        except NoAnswer as found:
            return found


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd",
        b"not http at all\r\n\r\n",
    ],
    ids=["closed", "truncated", "bad chunk", "bad gzip", "not HTTP"],
)
async def test_a_broken_answer_is_no_answer(data: bytes) -> None:
    found = await raw_answer(data)
    assert isinstance(found, NoAnswer)
    assert found.kind == "connection"


async def test_an_endless_answer_is_cut() -> None:
    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(status=500)
        await response.prepare(request)
        with suppress(ConnectionError):
            while True:
                await response.write(b"x" * 4096)
        return response

    async with served(endless) as session:
        assert (await session.post(b"{}")).text == "x" * TEXT_BYTES


async def test_a_hanging_server_is_given_up_in_time() -> None:
    async def hang(_: web.Request) -> web.StreamResponse:
        await asyncio.sleep(2)
        return web.Response()

    async with served(hang, timeout_seconds=0.05) as session:
        with pytest.raises(NoAnswer) as caught:
            await session.post(b"{}")
    assert caught.value.kind == "timeout"


async def test_a_reset_connection_is_no_answer() -> None:
    async def reset(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    async with served(reset) as session:
        with pytest.raises(NoAnswer) as caught:
            await session.post(b"{}")
    assert caught.value.kind == "connection"


async def test_a_closed_port_is_no_answer() -> None:
    server = await asyncio.start_server(lambda _r, _w: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    async with client(f"http://127.0.0.1:{port}") as session:
        with pytest.raises(NoAnswer, match="could not connect"):
            await session.post(b"{}")


async def test_a_redirect_is_not_followed_so_the_key_stays_here() -> None:
    paths: list[str] = []

    async def redirect(request: web.Request) -> web.StreamResponse:
        paths.append(request.path)
        raise web.HTTPTemporaryRedirect("/elsewhere")

    async with served(redirect) as session:
        assert (await session.post(b"{}")).status == 307
    assert paths == ["/v1/customer/ABC123"]


async def test_cookies_are_not_kept_and_the_connection_is() -> None:
    seen: list[tuple[object, int]] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        port = request.transport.get_extra_info("peername")[1]
        seen.append((request.headers.get("Cookie"), port))
        response = web.json_response(OK)
        response.set_cookie("session", "1")
        return response

    async with served(answer) as session:
        await session.post(b"{}")
        await session.post(b"{}")
    assert seen[0] == seen[1]
    assert seen[0][0] is None
