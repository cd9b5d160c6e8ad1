import { type Label as LabelPrimitive, Slot } from 'radix-ui'
import { type ComponentProps, createContext, use, useId, useMemo } from 'react'
import {
  Controller,
  type ControllerProps,
  type FieldPath,
  type FieldValues,
  FormProvider,
  useFormContext,
  useFormState,
} from 'react-hook-form'
import { Label } from '@/components/ui/label'
import { cn } from '@/lib/cn'

/** Hands `useForm()` to the fields below: `<Form {...form}><form onSubmit={form.handleSubmit(save)}>…</form></Form>`. */
export const Form = FormProvider

const FieldContext = createContext<{ name: string } | null>(null)
const ItemContext = createContext<{ id: string } | null>(null)

/** One field by its `name`; `render` gets `field`, to be spread on the control. */
export function FormField<
  Values extends FieldValues = FieldValues,
  Name extends FieldPath<Values> = FieldPath<Values>,
  Transformed = Values,
>(props: ControllerProps<Values, Name, Transformed>) {
  const context = useMemo(() => ({ name: props.name }), [props.name])
  return (
    <FieldContext value={context}>
      <Controller {...props} />
    </FieldContext>
  )
}

/** Ids and error of the field around: label, control, description and message find each other by it. */
export function useFormField() {
  const field = use(FieldContext)
  const item = use(ItemContext)
  if (!field || !item) throw new Error('useFormField needs a FormField with a FormItem around it')
  const { getFieldState } = useFormContext()
  const state = getFieldState(field.name, useFormState({ name: field.name }))
  return {
    name: field.name,
    labelId: `${item.id}-label`,
    controlId: `${item.id}-control`,
    descriptionId: `${item.id}-description`,
    messageId: `${item.id}-message`,
    ...state,
  }
}

export function FormItem({ className, ...props }: ComponentProps<'div'>) {
  const id = useId()
  const context = useMemo(() => ({ id }), [id])
  return (
    <ItemContext value={context}>
      <div data-slot="form-item" className={cn('grid content-start gap-2', className)} {...props} />
    </ItemContext>
  )
}

export function FormLabel({ className, ...props }: ComponentProps<typeof LabelPrimitive.Root>) {
  const { error, labelId, controlId } = useFormField()
  return (
    <Label
      data-slot="form-label"
      id={labelId}
      htmlFor={controlId}
      className={cn(error && 'text-destructive', className)}
      {...props}
    />
  )
}

/** Around exactly one control: gives it its id, its name and its error state. */
export function FormControl(props: ComponentProps<typeof Slot.Root>) {
  const { error, labelId, controlId, descriptionId, messageId } = useFormField()
  return (
    <Slot.Root
      data-slot="form-control"
      id={controlId}
      aria-labelledby={labelId}
      aria-describedby={error ? `${descriptionId} ${messageId}` : descriptionId}
      aria-invalid={error ? true : undefined}
      {...props}
    />
  )
}

export function FormDescription({ className, ...props }: ComponentProps<'p'>) {
  const { descriptionId } = useFormField()
  return (
    <p
      data-slot="form-description"
      id={descriptionId}
      className={cn('text-sm text-muted-foreground', className)}
      {...props}
    />
  )
}

/** The field's error, or its children while there is none. */
export function FormMessage({ className, children, ...props }: ComponentProps<'p'>) {
  const { error, messageId } = useFormField()
  const text = error?.message ?? children
  if (!text) return null
  return (
    <p
      data-slot="form-message"
      id={messageId}
      role={error ? 'alert' : undefined}
      className={cn('text-sm', error ? 'text-destructive' : 'text-muted-foreground', className)}
      {...props}
    >
      {text}
    </p>
  )
}
