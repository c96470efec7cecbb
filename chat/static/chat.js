// The conversation in the page. It keeps nothing in the browser: the record is with the clinic.

const log = document.getElementById("log");
const form = document.getElementById("form");
const text = document.getElementById("text");
const status = document.getElementById("status");
const problem = document.getElementById("problem");

const SAID_ALOUD = {
  emergency: "Emergency: act now",
  urgent: "Urgent: act today",
  prompt: "Act within two days",
  routine: "For your next check",
  expected: "Keep watching this",
};
const LONGEST_WAIT = 15000;
// After such a reply the page asks whether something was written to somebody who fell silent.
const ASKS_ON_AFTER = ["emergency", "urgent"];
const ASKS_EVERY = 30000;
const NO_CONNECTION = "Your message did not get through. Check your connection and try again, or call your team.";

// The lines on the page: one can come as an answer, with the transcript, or both.
const shown = new Set();
// The timer, once an urgent reply was shown.
let asking = null;

async function call(method, path, body) {
  const options = { method, headers: { "content-type": "application/json" }, signal: AbortSignal.timeout(LONGEST_WAIT) };
  if (body) options.body = JSON.stringify(body);
  const response = await fetch(path, options);
  const data = await response.json();
  if (!response.ok) throw Object.assign(new Error(data.error), { status: response.status, told: data.error });
  return data;
}

function element(name, className, content) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (content !== undefined) made.textContent = content;
  return made;
}

function add(item) {
  log.append(item);
  item.scrollIntoView({ block: "nearest" });
}

function showMine(words) {
  const item = element("li", "mine");
  item.append(element("span", "nhsuk-u-visually-hidden", "You wrote: "), words);
  add(item);
}

function showReply(reply) {
  const heading = SAID_ALOUD[reply.urgency];
  const item = element("li", heading ? `advice ${reply.urgency}` : "theirs");
  if (heading) item.append(element("h3", "", heading), ...reply.text.split("\n").map((line) => element("p", "", line)));
  else item.append(element("span", "nhsuk-u-visually-hidden", "Bedside wrote: "), reply.text);
  add(item);
  if (ASKS_ON_AFTER.includes(reply.urgency)) asking ??= setInterval(askOn, ASKS_EVERY);
}

function showChoices(choices) {
  if (!choices.length) return;
  const group = element("li", "choices");
  for (const choice of choices) {
    const button = element("button", "nhsuk-button nhsuk-button--secondary", choice.title);
    button.type = "button";
    button.addEventListener("click", () => send(choice.value));
    group.append(button);
  }
  add(group);
}

function clearChoices() {
  for (const old of log.querySelectorAll(".choices")) {
    if (old.contains(document.activeElement)) text.focus();
    old.remove();
  }
}

function isNew(line) {
  // A message has one line of the patient's, and the server may have trimmed its words.
  const key = line.sender === "patient" ? line.message_id : `${line.message_id} ${line.text}`;
  const known = shown.has(key);
  shown.add(key);
  return !known;
}

function showLines(lines) {
  const fresh = lines.filter(isNew);
  if (!fresh.length) return;
  clearChoices();
  for (const line of fresh) {
    if (line.sender === "patient") showMine(line.text);
    else showReply(line);
  }
  showChoices(lines.at(-1).choices);
}

function showProblem(sentence, again) {
  problem.replaceChildren(element("p", "", sentence));
  if (!again) return;
  const button = element("button", "nhsuk-button nhsuk-button--secondary", "Try again");
  button.type = "button";
  button.addEventListener("click", again);
  problem.append(button);
}

async function deliver(words, id) {
  problem.replaceChildren();
  status.textContent = "Reading your message…";
  try {
    await begun;
    const answer = await post(words, id);
    const mine = log.lastElementChild;
    showLines(answer.replies.map((reply) => ({ ...reply, message_id: id })));
    // The advice stands first and must be seen, also above a long list of buttons.
    if (mine.getBoundingClientRect().top < 0) mine.scrollIntoView({ block: "start" });
  } catch (error) {
    // The same id again: the message is stored once, however often it is sent.
    showProblem(error.told ?? NO_CONNECTION, error.status >= 400 && error.status < 500 ? null : () => deliver(words, id));
  } finally {
    status.textContent = "";
  }
}

async function post(words, id) {
  const message = { text: words, message_id: id };
  try {
    return await call("POST", "/api/messages", message);
  } catch (error) {
    if (error.status !== 401 && error.status !== 404) throw error;
    // The conversation is not open any more: this message begins the next one.
    await call("POST", "/api/conversations", {});
    return call("POST", "/api/messages", message);
  }
}

function send(words) {
  const id = newId();
  clearChoices();
  shown.add(id);
  showMine(words);
  text.focus();
  return deliver(words, id);
}

// randomUUID exists on https and localhost only.
function newId() {
  return crypto.randomUUID?.() ?? Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function askOn() {
  if (asking === null || document.hidden) return;
  try {
    showLines((await call("GET", "/api/messages")).messages);
  } catch (error) {
    if (error.status !== 401 && error.status !== 404) return;
    clearInterval(asking);
    asking = null;
  }
}

document.addEventListener("visibilitychange", askOn);

async function begin() {
  const invitation = new URLSearchParams(location.hash.slice(1)).get("invitation");
  try {
    if (invitation) {
      history.replaceState(null, "", location.pathname);
      await call("POST", "/api/conversations", { invitation });
    }
    showLines((await call("GET", "/api/messages")).messages);
  } catch (error) {
    if (error.status === 401 || error.status === 404) await open(error, invitation);
    else showProblem(error.told ?? NO_CONNECTION, begin);
  }
}

async function open(error, invitation) {
  if (invitation && error.status === 404) showProblem(error.told);
  try {
    await call("POST", "/api/conversations", {});
  } catch (failure) {
    showProblem(failure.told ?? NO_CONNECTION, begin);
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const words = text.value;
  if (!words.trim()) {
    showProblem("Please write what you notice, in your own words.");
    text.focus();
    return;
  }
  text.value = "";
  send(words);
});

text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    form.requestSubmit();
  }
});

const begun = begin();
