# Sends a form that a captcha protects, without a browser. Python 3.8 or later, no packages.
#   python3 client.py https://example.com/captcha signup https://example.com/signup '{"name":"Kim"}'
import json
import sys
from hashlib import pbkdf2_hmac, sha256
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

MOST_TRIES = 3
TIMEOUT_SECONDS = 15


class Refused(Exception):
    """The server's refusal: its code, its sentence, and when to try again."""

    def __init__(self, body):
        later = body.get("retryAfterSeconds")
        when = f" Try again in {later} s." if later is not None else ""
        super().__init__(f"{body.get('code', 'No code')}: {body.get('message')}{when}")


def solve(puzzle):
    """The value that answers a puzzle: 32 hexadecimal digits."""
    halves = [solve_part(part["parameters"], puzzle["counters"]) for part in puzzle["parts"]]
    if len(halves) == 1:
        return halves[0].hex()
    return sha256(b"".join(halves)).hexdigest()[:32]


def solve_part(parameters, counters):
    """The second half of the derived key whose first half is keyPrefix."""
    nonce, salt, prefix = (bytes.fromhex(parameters[name]) for name in ("nonce", "salt", "keyPrefix"))
    for counter in range(counters):
        password = nonce + counter.to_bytes(4, "big")
        key = pbkdf2_hmac("sha256", password, salt, parameters["cost"], 32)
        if key.startswith(prefix):
            return key[16:]
    raise ValueError("No counter solves the puzzle.")


def fetch(url, body=None):
    """The body of a reply; raises HTTPError from status 400 on."""
    headers = {"content-type": "application/json", "accept-language": "en"}
    data = None if body is None else json.dumps(body).encode()
    with urlopen(Request(url, data, headers), timeout=TIMEOUT_SECONDS) as reply:
        return reply.read()


def refusal_of(error):
    try:
        return json.loads(error.read())
    except ValueError:
        return {"message": str(error)}


def request_challenge(captcha_url, action):
    """Requests a challenge, and pays a toll if the server asks for one."""
    toll = True
    for tries in range(1, MOST_TRIES + 1):
        try:
            wanted = {"kind": "image", "action": action, "work": True, "toll": toll}
            return json.loads(fetch(captcha_url, wanted))
        except HTTPError as error:
            body = refusal_of(error)
        if body.get("code") != "CAPTCHA_WORK_REQUIRED" or tries == MOST_TRIES:
            raise Refused(body)
        print(f"Paying a toll of level {body['level']}", flush=True)
        toll = {"key": body["key"], "value": solve(body["puzzle"])}


def answer(captcha_url, challenge):
    """Solves work by itself, and asks the person at the terminal to read a picture."""
    print(f"Answering a challenge of the kind {challenge['kind']}", flush=True)
    if challenge["kind"] == "work":
        return solve(challenge["puzzle"])
    try:
        picture = fetch(f"{captcha_url}/media?{urlencode({'key': challenge['key']})}")
    except HTTPError as error:
        raise Refused(refusal_of(error))
    with open("captcha.jpg", "wb") as file:
        file.write(picture)
    print("What does captcha.jpg show?", flush=True)
    return input().strip()


def send(captcha_url, action, form_url, form):
    """Sends the form. A refused answer gets a new challenge, because its key may be used up."""
    for tries in range(1, MOST_TRIES + 1):
        challenge = request_challenge(captcha_url, action)
        value = answer(captcha_url, challenge)
        try:
            fetch(form_url, {**form, "captchaKey": challenge["key"], "captchaValue": value})
            return
        except HTTPError as error:
            body = refusal_of(error)
        # 400: the form again with another answer. Other codes need time, or a developer.
        is_answer = body.get("statusCode") == 400 and str(body.get("code")).startswith("CAPTCHA_")
        if not is_answer or tries == MOST_TRIES:
            raise Refused(body)
        print(f"{body['code']}: {body['message']}", flush=True)


try:
    send(sys.argv[1], sys.argv[2], sys.argv[3], json.loads(sys.argv[4]))
    print("Sent")
except Refused as refused:
    sys.exit(str(refused))
