import { plural, singular } from './words.ts'

/**
 * What a collection is of. `fields` is the phrase used when the prompt names none; `examples` are values for sample rows by
 * field key, and `statuses` the steps that one of them goes through.
 */
export type Noun = {
  one: string
  many: string
  fields: string
  examples: Record<string, readonly string[]>
  statuses?: readonly string[]
}

const people = ['Amara Okafor', 'Jonas Weber', 'Mei Tanaka', 'Lucía Romero']

const noun = (
  one: string,
  fields: string,
  examples: Record<string, readonly string[]> = {},
  statuses?: readonly string[],
): Noun => ({ one, many: plural(one), fields, examples, ...(statuses ? { statuses } : {}) })

const book = noun(
  'book',
  'title, author, genre and rating',
  {
    title: ['Middlemarch', 'The Left Hand of Darkness', 'Pachinko', 'Piranesi'],
    author: ['George Eliot', 'Ursula K. Le Guin', 'Min Jin Lee', 'Susanna Clarke'],
    genre: ['Classic', 'Science fiction', 'Historical', 'Fantasy'],
    pages: ['880', '304', '490', '272'],
    year: ['1871', '1969', '2017', '2020'],
  },
  ['To read', 'Reading', 'Finished'],
)

const film = noun(
  'film',
  'title, director, year, rating and watched',
  {
    title: ['Paddington 2', 'Spirited Away', 'Parasite', 'Cléo from 5 to 7'],
    director: ['Paul King', 'Hayao Miyazaki', 'Bong Joon-ho', 'Agnès Varda'],
    year: ['2017', '2001', '2019', '1962'],
    genre: ['Comedy', 'Animation', 'Thriller', 'Drama'],
  },
  ['To watch', 'Watching', 'Watched'],
)

const task = noun(
  'task',
  'title, due date, priority and done',
  { title: ['Book the train tickets', 'Call the dentist', 'Water the plants', 'Send the invoice'] },
  ['To do', 'In progress', 'Done'],
)

const recipe = noun('recipe', 'name, cuisine, minutes, ingredients and rating', {
  name: ['Lentil soup', 'Mushroom risotto', 'Shakshuka', 'Apple crumble'],
  cuisine: ['Turkish', 'Italian', 'Tunisian', 'British'],
  minutes: ['40', '35', '30', '55'],
  ingredients: [
    'Red lentils, onion, cumin, lemon',
    'Rice, mushrooms, stock, butter',
    'Tomatoes, peppers, eggs',
    'Apples, oats, butter',
  ],
})

const contact = noun('contact', 'name, email, phone and notes', { name: people })

const expense = noun('expense', 'description, amount, date and category', {
  description: ['Groceries', 'Train ticket', 'Electricity', 'Cinema'],
  category: ['Food', 'Travel', 'Home', 'Leisure'],
})

const plant = noun('plant', 'name, species, room, last watered and notes', {
  name: ['Kitchen fern', 'Big monstera', 'Little cactus', 'Window basil'],
  species: ['Boston fern', 'Monstera deliciosa', 'Mammillaria', 'Ocimum basilicum'],
  room: ['Kitchen', 'Living room', 'Study', 'Kitchen'],
})

const song = noun('song', 'title, artist, genre and rating', {
  title: ['Feeling Good', 'Clair de lune', 'Paranoid Android', 'Águas de Março'],
  artist: ['Nina Simone', 'Claude Debussy', 'Radiohead', 'Elis Regina'],
  genre: ['Jazz', 'Classical', 'Rock', 'Bossa nova'],
})

const habit = noun('habit', 'name, times a week, category and notes', {
  name: ['Morning walk', 'Read before bed', 'Stretch', 'Practise Spanish'],
  category: ['Health', 'Mind', 'Health', 'Learning'],
})

const purchase = noun('item', 'name, quantity, category and bought', {
  name: ['Oat milk', 'Tomatoes', 'Washing powder', 'Coffee beans'],
  category: ['Food', 'Food', 'Home', 'Food'],
})

const wish = noun('wish', 'name, price, link and priority', {
  name: ['Noise-cancelling headphones', 'Cast-iron pan', 'Hiking boots', 'Desk lamp'],
})

const guest = noun('guest', 'name, email, number of people and confirmed', { name: people })

const entry = noun('entry', 'title, date and notes')

const stock = noun('item', 'name, category, quantity and price', {
  name: ['Notebook A5', 'Ballpoint pen', 'Desk lamp', 'Label roll'],
  category: ['Paper', 'Writing', 'Furniture', 'Supplies'],
})

const known: [RegExp, Noun][] = [
  [/^(books?|novels?|reading|readings|library|comics?|manga)$/, book],
  [/^(movies?|films?|watch|watchlist)$/, film],
  [/^(tasks?|to-?dos?|to dos?|chores?|homework|assignments?|reminders?)$/, task],
  [/^(recipes?|cooking|dishes)$/, recipe],
  [/^(contacts?|address|people|crm|friends|clients?|customers?|members?)$/, contact],
  [/^(expenses?|spending|budget|costs?|bills?)$/, expense],
  [/^(plants?|houseplants?|garden)$/, plant],
  [/^(songs?|music|playlist|records?|vinyls?|albums?|vinyl records?)$/, song],
  [/^habits?$/, habit],
  [/^(shopping|groceries|grocery|packing)$/, purchase],
  [/^(wish|wishes|gifts?|wishlist|presents?|bucket)$/, wish],
  [/^(guests?|invitees?|wedding guests?)$/, guest],
  [/^(stock|inventory|tools?|products?|supplies|items?|things?|stuff)$/, stock],
  [/^(journal|diary|log|notes?|ideas?|sleep|mood|water|weather|weight|time|money|reading journal|entries)$/, entry],
]

/** Words for the whole, not for one of it: `reading` is a list of books. */
const massWords =
  /^(to-?dos?|reading|library|watch|watchlist|cooking|address|people|crm|spending|budget|garden|music|playlist|shopping|groceries|grocery|packing|wishlist|bucket|stock|inventory|supplies|stuff|journal|diary|log|sleep|mood|water|weather|weight|time|money|manga)$/

/** What a word or two from the prompt name: a known noun with its fields and examples, or any noun with plain ones. */
export function findNoun(words: string): Noun {
  const lower = words.toLowerCase().trim()
  const last = lower.split(' ').at(-1) ?? lower
  const found = [lower, last].map((word) => known.find(([pattern]) => pattern.test(word))?.[1]).find(Boolean)
  const one = lower.endsWith('ing') ? `${lower} entry` : singular(lower)
  if (!found) return noun(one, 'name, category and notes')
  return massWords.test(lower) ? found : { ...found, one, many: plural(one) }
}
