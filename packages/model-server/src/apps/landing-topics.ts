/** Words of a landing page for one sort of subject. `{name}` and `{a subject}` stand for the page's own. */
export type Topic = {
  headline: string
  intro: string
  action: string
  facts: readonly [label: string, value: string][]
  features: readonly [icon: string, title: string, text: string][]
  steps: readonly [title: string, text: string][]
  unit: string
  plans: readonly [name: string, price: string, text: string, includes: readonly string[]][]
  questions: readonly [question: string, answer: string][]
}

const food: Topic = {
  headline: 'Made here, by hand, every day.',
  intro:
    '{name} is {a subject} for people who like to know where their food comes from. Sit down, or take something home.',
  action: 'Ask for a table',
  facts: [
    ['Open', 'Tuesday to Sunday, 8 to 18'],
    ['Where', 'Your street 1, your town'],
    ['Good to know', 'Card and cash, dogs welcome'],
  ],
  features: [
    ['Wheat', 'Few ingredients', 'Short lists on every label. If you cannot say it, it is not in there.'],
    ['Clock', 'Fresh each morning', 'What is on the counter was made today. What is left goes to a good place.'],
    ['Leaf', 'From nearby', 'Flour, milk and vegetables come from people whose names are known here.'],
    ['ShoppingBag', 'To take home', 'Order by message, pick it up at the door, no waiting in line.'],
    ['Users', 'Room for your group', 'A long table for up to twelve people, to be reserved a day before.'],
    ['Coffee', 'Stay a while', 'Good light, quiet corners and a second cup at half the price.'],
  ],
  steps: [
    ['Look', 'See what is on offer this week, here or on the board by the door.'],
    ['Say when', 'Write what you would like and when you will come by.'],
    ['Enjoy', 'It is ready and wrapped, or waiting at your table.'],
  ],
  unit: 'a person',
  plans: [
    [
      'Morning',
      '9',
      'A small start to the day',
      ['One hot drink', 'Something from the counter', 'A seat by the window'],
    ],
    ['Lunch', '14', 'What most people come for', ['Dish of the day', 'A drink', 'Something sweet']],
    ['Table for many', '22', 'From six people up', ['Three courses to share', 'The long table', 'Drinks as you like']],
  ],
  questions: [
    ['Do you have something without gluten or milk?', 'Say so when you order. There is always at least one of each.'],
    ['Can I reserve?', 'Yes, with the form below or by phone, up to the evening before.'],
    ['Do you deliver?', 'Not yet. Everything can be picked up.'],
    ['Is there parking?', 'Bicycles in front of the door, cars around the corner.'],
  ],
}

const wellness: Topic = {
  headline: 'An hour that is only yours.',
  intro:
    '{name} is {a subject} with small groups and teachers who remember your name. Beginners are welcome in every hour.',
  action: 'Book a first hour',
  facts: [
    ['Hours', 'Monday to Saturday, 7 to 21'],
    ['Group size', 'Eight at most'],
    ['First time', 'Free, without obligation'],
  ],
  features: [
    ['Users', 'Small groups', 'Eight people at most, so that somebody sees how you stand.'],
    ['Heart', 'Every level', 'Each exercise has an easier and a harder form, shown every time.'],
    ['Calendar', 'Early and late', 'Hours before work and after the children are in bed.'],
    ['Sun', 'Good rooms', 'Daylight, wooden floors, fresh air, and no mirrors if you dislike them.'],
    ['Shield', 'Careful', 'Say what hurts, and the plan is made around it.'],
    ['Clock', 'No rush', 'Tea afterwards. Nobody sweeps you out.'],
  ],
  steps: [
    ['Choose an hour', 'Take one that fits your week. You need nothing but comfortable clothes.'],
    ['Come by', 'Ten minutes early the first time, to look around and ask.'],
    ['Decide later', 'Take a card if you liked it. Nothing renews by itself.'],
  ],
  unit: 'a month',
  plans: [
    ['Now and then', '25', 'Two visits', ['Any hour', 'Mat and towel', 'Valid for two months']],
    ['Weekly', '49', 'One fixed place', ['Your place every week', 'Swap up to a day before', 'Mat and towel']],
    ['As you like', '89', 'All hours', ['Every class', 'Bring a friend once a month', 'Pause at any time']],
  ],
  questions: [
    ['I have never done this. Is that fine?', 'Yes. Say it at the start, and you get the easier form of everything.'],
    ['What do I bring?', 'Comfortable clothes and a bottle of water. The rest is here.'],
    ['Can I cancel?', 'Up to twelve hours before, without giving a reason.'],
    ['Are there private hours?', 'Yes, by arrangement. Write when you have time.'],
  ],
}

const software: Topic = {
  headline: 'Less to do, and nothing forgotten.',
  intro:
    '{name} is {a subject} that does one thing well and stays out of the way. Set up in minutes, at home on every device.',
  action: 'Ask for access',
  facts: [
    ['Runs on', 'Web, phone and tablet'],
    ['Set up', 'About five minutes'],
    ['Your data', 'Yours: leave with all of it'],
  ],
  features: [
    ['Zap', 'Quick', 'Opens at once and answers as you type, with a slow connection too.'],
    ['Sparkle', 'Clear', 'One screen for each job, and words that mean what they say.'],
    ['Users', 'Together', 'Share with your team, and see who did what.'],
    ['Shield', 'Private', 'No advertising, no tracking, no selling of data.'],
    ['RefreshCw', 'In step', 'Start on the phone, go on at the desk.'],
    ['Download', 'No lock-in', 'Take everything out in a plain format whenever you want.'],
  ],
  steps: [
    ['Try it', 'Ask for access and look around with your own things.'],
    ['Bring your data', 'Load what you have. A sample shows how it is meant.'],
    ['Invite others', 'Add people when it works for you, not before.'],
  ],
  unit: 'a month',
  plans: [
    ['Solo', '0', 'For one person', ['All features', 'One device at a time', 'Help by e-mail']],
    ['Team', '9', 'For each person', ['Unlimited devices', 'Sharing and roles', 'Help within a day']],
    ['House', '49', 'For up to ten', ['Everything in Team', 'A yearly bill', 'A person to talk to']],
  ],
  questions: [
    ['Is there a free version?', 'Yes, for one person, without an end date.'],
    ['Where is the data kept?', 'Replace this text with where it is kept, and under which law.'],
    ['Can I leave?', 'At any time, with all of your data.'],
    ['Do you train anything with my data?', 'Replace this text with your answer, in one plain sentence.'],
  ],
}

const event: Topic = {
  headline: 'A day worth the journey.',
  intro:
    '{name} is {a subject} for people who would rather talk than sit through slides. Good company, short talks, long breaks.',
  action: 'Ask for a place',
  facts: [
    ['When', 'A Saturday in spring, from 9 to 22'],
    ['Where', 'Your hall, your town'],
    ['Places', '120'],
  ],
  features: [
    ['Mic', 'Short talks', 'Twenty minutes each, then questions until they are answered.'],
    ['Users', 'Long breaks', 'Half of the day is for meeting each other.'],
    ['Utensils', 'Food included', 'Breakfast, lunch and something in the evening, for every diet.'],
    ['MapPin', 'Easy to reach', 'Ten minutes on foot from the station.'],
    ['Heart', 'For everyone', 'No stairs, a quiet room, and a way to say when something is wrong.'],
    ['Calendar', 'One track', 'Nothing runs at the same time, so nobody misses anything.'],
  ],
  steps: [
    ['Ask for a place', 'Write who you are and what you would like to hear.'],
    ['Get the programme', 'It comes four weeks before, with all times.'],
    ['Come', 'The doors open at nine, and coffee is ready.'],
  ],
  unit: 'a person',
  plans: [
    ['Half price', '45', 'Students and those between jobs', ['The whole day', 'All meals', 'No proof needed']],
    ['Regular', '90', 'For most people', ['The whole day', 'All meals', 'The evening']],
    [
      'Supporter',
      '180',
      'Pays for somebody else too',
      ['Everything in Regular', 'One more half-price place', 'Thanks on this page'],
    ],
  ],
  questions: [
    ['Can I give my place to somebody else?', 'Yes, up to the day before. A message is enough.'],
    ['Are the talks recorded?', 'Replace this text with your answer.'],
    ['Is there something for children?', 'A room with somebody to look after them, if you say so in advance.'],
    ['Which language is spoken?', 'Replace this text with your answer.'],
  ],
}

const service: Topic = {
  headline: 'Good work, on time, at the price agreed.',
  intro: '{name} is {a subject} with one person who answers for your job from the first call to the last detail.',
  action: 'Ask a question',
  facts: [
    ['Answer', 'Within one working day'],
    ['Where', 'Your town and around'],
    ['First talk', 'Free, half an hour'],
  ],
  features: [
    ['MessageCircle', 'One contact', 'You talk to the person who does the work.'],
    ['FileText', 'Written offers', 'What is included, what is not, and what it costs, before anything begins.'],
    ['Calendar', 'Fixed dates', 'If something moves, you hear it first and early.'],
    ['Shield', 'Reliable', 'What was agreed counts, when it gets difficult too.'],
    ['Star', 'With care', 'The parts that nobody sees are done as well as the rest.'],
    ['RefreshCw', 'Afterwards', 'Questions are answered when the bill is paid, too.'],
  ],
  steps: [
    ['Tell', 'Say in a few sentences what it is about.'],
    ['Get an offer', 'A written offer within three days, with a fixed price.'],
    ['Lean back', 'The work is done, and you get to see it before it is final.'],
  ],
  unit: 'from',
  plans: [
    ['Small', '120', 'One thing, done well', ['First talk', 'One delivery', 'One round of changes']],
    ['Usual', '480', 'What most ask for', ['Everything in Small', 'A written plan', 'Three rounds of changes']],
    ['Steady', '1,200', 'Month after month', ['A fixed day each week', 'First in line', 'A report each month']],
  ],
  questions: [
    ['How soon can you begin?', 'Usually within two weeks. Urgent things sooner, if you say so.'],
    ['What if I do not like it?', 'You see it before it is final, and changes are part of the price.'],
    ['Do you work outside the town?', 'Yes. Travel is in the offer, not on top of it.'],
    ['How do I pay?', 'By bill, after the work is done.'],
  ],
}

const topics: [RegExp, Topic][] = [
  [
    /baker|cafe|café|coffee|restaurant|bistro|pizz|food|bar\b|tea|brewery|catering|ice cream|chocolate|deli|kitchen|wine|patisserie/,
    food,
  ],
  [
    /yoga|gym|fitness|pilates|spa|wellness|massage|dance|climbing|sport|meditation|therap|martial|swim|running|crossfit|salon/,
    wellness,
  ],
  [/conference|festival|event|meet-?up|wedding|workshop|concert|hackathon|retreat|summit|fair|party|exhibition/, event],
  [
    /app|software|saas|tool|startup|start-up|platform|product|api|plugin|extension|game|device|gadget|newsletter|podcast|course/,
    software,
  ],
]

/** The words that suit a subject; those of a service where nothing else fits. */
export const topicFor = (subject: string): Topic => topics.find(([pattern]) => pattern.test(subject))?.[1] ?? service
