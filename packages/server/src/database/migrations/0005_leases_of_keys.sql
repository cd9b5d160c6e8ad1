ALTER TABLE "idempotency_keys" ADD COLUMN "etag" text;--> statement-breakpoint
ALTER TABLE "idempotency_keys" ADD COLUMN "lease_owner" text;--> statement-breakpoint
ALTER TABLE "idempotency_keys" ADD COLUMN "lease_until" timestamp with time zone;