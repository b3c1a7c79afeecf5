"""Sends one request and gives its reply: the only door to aiohttp outside the sandbox."""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
import orjson

from importer.config import SendingConfig, Target
from importer.errors import TargetError
from importer.moengage import access
from importer.stages.sending.answers import NoAnswer, Reply

TEXT_BYTES = 64 * 1024
"""What is read of an answer; the API's own are some hundred bytes."""

EXPORT_BYTES = 16 << 20
"""What is read of an answer with twenty whole users in it."""

_KEPT_HEADERS = ("retry-after", "x-ratelimit-reset", "location")

_SHORTEST_HIDDEN = 8
"""A shorter secret would blot out plain words of the API, and no real key is that short."""


class Client:
    """One session with the User API, kept open from `async with` to its end.

    Redirects are not followed and cookies not kept: the key goes to the target and nowhere else.
    """

    def __init__(self, target: Target, config: SendingConfig) -> None:
        base_url = target.base_url.rstrip("/")
        self._target = target
        self._headers = access.headers(target.app_id, target.api_key.reveal())
        self._customer_url = f"{base_url}{access.CUSTOMER_PATH}/{target.app_id}"
        self._export_url = f"{base_url}{access.EXPORT_PATH}?app_id={target.app_id}"
        self._test_url = f"{base_url}{access.TEST_PATH}"
        self._connections = config.concurrency
        self._timeout_seconds = config.timeout_seconds
        self._session: aiohttp.ClientSession | None = None
        self._hidden = tuple(
            text
            for text in (target.api_key.reveal(), self._headers["Authorization"].split()[-1])
            if len(text) >= _SHORTEST_HIDDEN
        )

    async def __aenter__(self) -> Client:
        self._session = aiohttp.ClientSession(
            headers=self._headers,
            connector=aiohttp.TCPConnector(limit=self._connections),
            timeout=aiohttp.ClientTimeout(total=self._timeout_seconds),
            cookie_jar=aiohttp.DummyCookieJar(),
            proxy=_proxy_for(self._target),
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def post(self, body: bytes) -> Reply:
        """Send one user's prepared JSON body; raise NoAnswer if no answer came.

        Not tried again here: whether a second try is right is for the sender to decide.
        """
        return await self._exchange(self._customer_url, body)

    async def test_connection(self) -> Reply:
        """Ask whether the credentials are right (Data API docs, "Test connection"); may NoAnswer."""
        question = {
            "app_id": self._target.app_id,
            "app_secret": self._target.api_key.reveal(),
            "source": "moengage-importer",
            "region": access.data_center(self._target.base_url) or access.DATA_CENTERS[0],
        }
        return await self._exchange(self._test_url, orjson.dumps(question))

    async def export(self, customer_ids: Sequence[str]) -> Reply:
        """Ask for these users with all their attributes (Data API docs, "Get User"); may NoAnswer.

        At most limits.EXPORT_USERS_PER_REQUEST of them.
        """
        asked = [{"identifier_type": "customer_id", "identifier": one} for one in customer_ids]
        question = orjson.dumps({"data": {"identifiers": asked}})
        return await self._exchange(self._export_url, question, EXPORT_BYTES)

    async def _exchange(self, url: str, body: bytes, most_bytes: int = TEXT_BYTES) -> Reply:
        if self._session is None:
            raise RuntimeError("Client is used outside `async with`")
        try:
            async with self._session.post(url, data=body, allow_redirects=False) as response:
                headers = {
                    name: response.headers[name]
                    for name in _KEPT_HEADERS
                    if name in response.headers
                }
                text = await _read_text(response.content, most_bytes)
                return Reply(response.status, self._without_secrets(text), headers)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            failure = self._explain(error)
        # Raised out here, so that it carries no aiohttp error with it: those hold request headers.
        raise failure

    def _explain(self, error: Exception) -> NoAnswer:
        # Never str(error): what aiohttp puts into it changes from version to version.
        host = self._target.host
        match error:
            case TimeoutError():
                return NoAnswer("timeout", f"no answer within {self._timeout_seconds:g} s")
            case aiohttp.ClientConnectorCertificateError():
                return NoAnswer("target", f"the certificate of {host} cannot be trusted")
            case aiohttp.ClientHttpProxyError() if 400 <= error.status < 500:
                return NoAnswer("target", f"the proxy refused the way to {host}: {error.status}")
            case aiohttp.ClientHttpProxyError():
                return NoAnswer("connection", f"the proxy did not reach {host}: {error.status}")
            case aiohttp.ClientConnectorDNSError():
                return NoAnswer("connection", f"the name {host} could not be looked up")
            case aiohttp.ClientConnectorError():
                reason = error.strerror or "no reason given"
                return NoAnswer("connection", f"could not connect to {host}: {reason}")
            case aiohttp.ServerDisconnectedError():
                return NoAnswer("connection", "the connection was closed before an answer came")
            case aiohttp.ClientPayloadError():
                return NoAnswer("connection", "the connection broke in the middle of the answer")
            case aiohttp.ClientResponseError():
                return NoAnswer("connection", "what came back was not HTTP")
            case OSError() if error.strerror:
                return NoAnswer("connection", f"the connection broke: {error.strerror}")
        return NoAnswer("connection", "the connection broke")

    def _without_secrets(self, text: str) -> str:
        # A proxy or a debugging server may echo the request into its answer.
        for secret in self._hidden:
            text = text.replace(secret, "***")
        return text


async def _read_text(content: aiohttp.StreamReader, most_bytes: int) -> str:
    data = bytearray()
    while len(data) < most_bytes and (chunk := await content.read(most_bytes - len(data))):
        data += chunk
    return data.decode("utf-8", "replace")


def _proxy_for(target: Target) -> str | None:
    # Read once and here: aiohttp's trust_env reads ~/.netrc in a thread for every request, and
    # refuses to send when it finds an entry there beside our own Authorization.
    parts = urlsplit(target.base_url)
    if target.is_local or proxy_bypass(parts.hostname or ""):
        return None
    proxy = getproxies().get(parts.scheme)
    if not proxy:
        return None
    url = proxy if "://" in proxy else f"http://{proxy}"
    if urlsplit(url).scheme not in ("http", "https"):
        raise TargetError(
            f"{parts.scheme.upper()}_PROXY",
            f"a proxy of the kind {urlsplit(url).scheme}://",
            "http:// or https://",
            "set it to an HTTP proxy, or list the API's host in NO_PROXY",
        )
    return url
