// Sources that V8 keeps in two bytes a character: 😀, ü and 東京 stand before the awaits, in lines of their own and in theirs.
const held = [];
const hang = (...things) => new Promise((resolve) => held.push(resolve, things));

async function greets() {
  for (const text of ['東京', '😀😀']) await hang(text); // suspended: greets
}

async function 東京() {
  return ['😀', 'ü', '👩‍👩‍👧', await hang()]; // suspended: 東京
}

class Größe {
  async 測る() {
    /* 😀 */ await 東京(); // suspended: Größe.測る
  }
}

void greets();
void new Größe().測る();
setTimeout(() => process.exit(), 60_000);
setImmediate(console.log, 'READY');

// chain: Größe.測る → 東京 → [* found held]
