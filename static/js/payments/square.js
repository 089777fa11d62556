// Square's card field (Web Payments SDK). The number is typed into a frame of Square's; we get a token that works once.

import { CardRefusal } from "./refusal.js";

const LOADED_WITHIN = 20_000; // milliseconds

export class SquareCard {
  constructor(place, { library, applicationId, locationId }) {
    Object.assign(this, { place, library, applicationId, locationId });
  }

  async attach() {
    await load(this.library);
    const payments = window.Square.payments(this.applicationId, this.locationId);
    this.card = await payments.card({ style: styleOf(this.place) });
    await this.card.attach(this.place);
  }

  // A card that is only stored has no amount.
  async tokenize({ amount, currencyCode, ...charge }) {
    const result = await this.card.tokenize({
      ...(charge.intent === "STORE" ? {} : { amount, currencyCode }),
      ...charge,
      customerInitiated: true,
      sellerKeyedIn: false,
    });
    if (result.status === "OK") return result.token;
    throw new CardRefusal((result.errors ?? []).map(({ message }) => message).filter(Boolean));
  }
}

function load(address) {
  if (window.Square) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    const late = setTimeout(() => reject(new Error("Square's card field did not come.")), LOADED_WITHIN);
    script.src = address;
    script.addEventListener("load", () => {
      clearTimeout(late);
      resolve();
    });
    script.addEventListener("error", () => {
      clearTimeout(late);
      script.remove();
      reject(new Error("Square's card field could not be loaded."));
    });
    document.head.append(script);
  });
}

// The frame cannot see our style sheets: it is told the colours that stand around it, light or dark.
function styleOf(place) {
  const { color, backgroundColor, borderColor } = getComputedStyle(place);
  return { input: { color, backgroundColor, fontSize: "16px" }, ".input-container": { borderColor } };
}
