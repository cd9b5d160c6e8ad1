import { standBack } from '../../stand-back.ts'

// Imported before anything else, so that what is imported after it waits for others too.
standBack()
