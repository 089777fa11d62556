// What a card field says no with: sentences for people, never what was typed.

export class CardRefusal extends Error {
  constructor(sentences) {
    super(sentences.join(" "));
    this.sentences = sentences;
  }
}
