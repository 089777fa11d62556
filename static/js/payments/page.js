// The payment page: shows the card field, sends its token, and never leaves people guessing what became of it.
// The form is sent once. On silence or 503 nothing is sent again: `data-state` is asked how far the paying is.

import { LocalCard } from "./local.js";
import { CardRefusal } from "./refusal.js";
import { SquareCard } from "./square.js";

const ANSWERED_WITHIN = 30_000; // milliseconds
const ASKED_EVERY = 2_000;
const ASKED_FOR = 120_000;
const ADAPTERS = { local: LocalCard, square: SquareCard };

class Payment {
  constructor(form) {
    this.form = form;
    this.options = JSON.parse(document.getElementById("card-field").textContent);
    this.words = form.dataset;
    this.button = form.querySelector("[type=submit]");
    this.told = form.querySelector("[data-told]");
    this.card = new ADAPTERS[this.options.adapter](form.querySelector("[data-card]"), this.options);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.pay();
    });
  }

  async start() {
    try {
      await this.card.attach();
    } catch (error) {
      console.error(error);
      this.tell(this.words.missing);
      return;
    }
    this.button.disabled = false;
  }

  async pay() {
    if (this.busy) return;
    this.rest(true);
    this.tell("");
    let outcome;
    try {
      await this.fill();
      outcome = await this.send();
    } catch (error) {
      if (!(error instanceof CardRefusal)) console.error(error);
      outcome = { state: "open", said: error instanceof CardRefusal && error.message ? error.message : this.words.failed };
    }
    this.show(outcome);
  }

  // A card that is kept needs no token. One that is to be kept is named to its bank as such.
  async fill() {
    const { source_id: token, card_id: kept, consent } = this.form.elements;
    if (kept?.value) return;
    const intent = this.options.later ? "STORE" : consent?.checked ? "CHARGE_AND_STORE" : "CHARGE";
    token.value = await this.card.tokenize({ ...this.options.charge, intent });
  }

  async send() {
    let answer;
    try {
      answer = await fetch(this.form.action, {
        method: "POST",
        body: new FormData(this.form),
        headers: { Accept: "application/json" },
        signal: AbortSignal.timeout(ANSWERED_WITHIN),
      });
      if (answer.status < 500) return answer.ok || answer.status === 400 ? await answer.json() : { state: "open", said: this.words.failed };
    } catch (error) {
      console.warn("No answer to a payment; its state is asked.", error);
    }
    return this.ask();
  }

  async ask() {
    this.tell(this.words.waiting, "info");
    const until = Date.now() + ASKED_FOR;
    for (let open = 0; Date.now() < until; ) {
      await new Promise((resume) => setTimeout(resume, ASKED_EVERY));
      try {
        const answer = await fetch(this.words.state, {
          headers: { Accept: "application/json" },
          signal: AbortSignal.timeout(ANSWERED_WITHIN),
        });
        const outcome = answer.ok ? await answer.json() : { state: "waiting" };
        // Once could be just before the request arrives that seemed lost.
        open = outcome.state === "open" ? open + 1 : 0;
        if (outcome.state === "open" ? open > 1 : outcome.state !== "waiting") return outcome;
      } catch (error) {
        console.warn("Still no answer.", error);
      }
    }
    return { state: "unknown", said: this.words.unknown };
  }

  show({ state, href, said, advice }) {
    if (href) {
      location.assign(href); // the buttons rest until the page is another
      return;
    }
    this.tell([said || this.words.nothing, advice].filter(Boolean).join(" "));
    if (state === "unknown") return; // another click could only confuse
    this.rest(false);
  }

  rest(busy) {
    this.busy = busy;
    this.button.disabled = busy;
    this.form.setAttribute("aria-busy", String(busy));
    this.button.classList.toggle("is-sending", busy);
  }

  tell(text, tone = "danger") {
    this.told.textContent = text;
    this.told.hidden = !text;
    this.told.className = `alert alert-${tone}`;
  }
}

const form = document.querySelector("form[data-payment]");
if (form) new Payment(form).start();
