// The local stand-in: a choice of what the card shall do. Same interface as square.js: attach(), tokenize(charge).

export class LocalCard {
  constructor(place) {
    this.choice = place.querySelector("select");
  }

  async attach() {
    if (!this.choice) throw new Error("The payment page has no outcomes to choose from.");
  }

  async tokenize() {
    return this.choice.value;
  }
}
