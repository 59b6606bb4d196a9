// Compiled in several ways, with and without maps: what is reported is always this file.
interface User {
  readonly id: number;
  readonly name: string;
}

type Answer<Value> = (value: Value) => void;

class Repository<Item extends { readonly id: number }> {
  readonly waiting: Answer<Item>[] = [];

  async find(id: number): Promise<Item> {
    const found: Item | undefined = undefined;
    return found ?? (await this.#load(id)); // suspended: Repository.find ×3
  }

  async #load(id: number): Promise<Item> {
    const item = await new Promise<Item>((resolve: Answer<Item>) => this.waiting.push(resolve)); // suspended: Repository.#load ×3
    if (item.id !== id) throw new Error(`${item.id} is not ${id}`);
    return item;
  }
}

const repository = new Repository<User>();

async function nameOf(id: number): Promise<string> {
  const { name }: User = await repository.find(id); // suspended: nameOf ×3
  return name;
}

const main = async (): Promise<void> => {
  const names = await Promise.all<string>([1, 2, 3].map(nameOf)); // suspended: main
  console.log(names);
};

void main();
setTimeout(() => process.exit(), 60_000);
setImmediate(console.log, 'READY');

// chain: main → all[0/3] → nameOf → Repository.find → Repository.#load → [* found Repository.waiting]
// chain: main → all[2/3] → nameOf → Repository.find → Repository.#load → [* found Repository.waiting]
