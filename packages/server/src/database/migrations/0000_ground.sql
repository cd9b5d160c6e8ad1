CREATE TABLE "apps" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"description" text DEFAULT '' NOT NULL,
	"status" text DEFAULT 'new' NOT NULL,
	"model" text NOT NULL,
	"version" integer,
	"slug" text NOT NULL,
	"ever_published" boolean DEFAULT false NOT NULL,
	"named" boolean DEFAULT false NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"deleted_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "blobs" (
	"hash" text PRIMARY KEY NOT NULL,
	"bytes" integer NOT NULL,
	"content" "bytea" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "blocks" (
	"turn" text NOT NULL,
	"step" integer NOT NULL,
	"index" integer NOT NULL,
	"raw" text NOT NULL,
	CONSTRAINT "blocks_turn_step_index_pk" PRIMARY KEY("turn","step","index")
);
--> statement-breakpoint
CREATE TABLE "builds" (
	"tree" text NOT NULL,
	"recipe" text NOT NULL,
	"artifact" text NOT NULL,
	"bytes" integer NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "builds_tree_recipe_pk" PRIMARY KEY("tree","recipe")
);
--> statement-breakpoint
CREATE TABLE "deployments" (
	"id" text PRIMARY KEY NOT NULL,
	"app" text NOT NULL,
	"environment" text NOT NULL,
	"version" integer NOT NULL,
	"turn" text,
	"artifact" text,
	"bytes" integer,
	"url" text NOT NULL,
	"status" text NOT NULL,
	"stages" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"error" text,
	"fence" bigint GENERATED ALWAYS AS IDENTITY (sequence name "deployments_fence_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "draft_files" (
	"app" text NOT NULL,
	"path" text NOT NULL,
	"hash" text NOT NULL,
	"bytes" integer NOT NULL,
	CONSTRAINT "draft_files_app_path_pk" PRIMARY KEY("app","path")
);
--> statement-breakpoint
CREATE TABLE "events" (
	"app" text NOT NULL,
	"seq" integer NOT NULL,
	"type" text NOT NULL,
	"data" json NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "events_app_seq_pk" PRIMARY KEY("app","seq")
);
--> statement-breakpoint
CREATE TABLE "facts" (
	"name" text PRIMARY KEY NOT NULL,
	"value" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "idempotency_keys" (
	"person" text NOT NULL,
	"method" text NOT NULL,
	"path" text NOT NULL,
	"key" text NOT NULL,
	"body_hash" text NOT NULL,
	"status" integer,
	"body" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "idempotency_keys_person_method_path_key_pk" PRIMARY KEY("person","method","path","key")
);
--> statement-breakpoint
CREATE TABLE "messages" (
	"id" text PRIMARY KEY NOT NULL,
	"app" text NOT NULL,
	"turn" text NOT NULL,
	"text" text NOT NULL,
	"attachments" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"removed" boolean DEFAULT false NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "pointers" (
	"app" text NOT NULL,
	"environment" text NOT NULL,
	"deployment" text,
	"artifact" text,
	"fence" bigint NOT NULL,
	"changed_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "pointers_app_environment_pk" PRIMARY KEY("app","environment")
);
--> statement-breakpoint
CREATE TABLE "slugs" (
	"slug" text PRIMARY KEY NOT NULL,
	"app" text NOT NULL,
	"reserved_until" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "steps" (
	"turn" text NOT NULL,
	"step" integer NOT NULL,
	"request" "bytea" NOT NULL,
	"stop" text,
	"after" json,
	"taken" boolean DEFAULT true NOT NULL,
	"usage" jsonb,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "steps_turn_step_pk" PRIMARY KEY("turn","step")
);
--> statement-breakpoint
CREATE TABLE "streams" (
	"app" text PRIMARY KEY NOT NULL,
	"seq" integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "tool_executions" (
	"turn" text NOT NULL,
	"step" integer NOT NULL,
	"position" integer NOT NULL,
	"call" text NOT NULL,
	"provider_id" text NOT NULL,
	"index" integer NOT NULL,
	"block" integer NOT NULL,
	"name" text NOT NULL,
	"input_text" text NOT NULL,
	"effect" text NOT NULL,
	"status" text NOT NULL,
	"lease_token" integer NOT NULL,
	"result" text,
	"error_code" text,
	"started_at" timestamp with time zone,
	"finished_at" timestamp with time zone,
	CONSTRAINT "tool_executions_turn_step_position_pk" PRIMARY KEY("turn","step","position"),
	CONSTRAINT "tool_executions_call_unique" UNIQUE("call")
);
--> statement-breakpoint
CREATE TABLE "trees" (
	"hash" text PRIMARY KEY NOT NULL,
	"entries" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "turns" (
	"id" text PRIMARY KEY NOT NULL,
	"app" text NOT NULL,
	"message" text NOT NULL,
	"reply" text NOT NULL,
	"status" text NOT NULL,
	"mode" text NOT NULL,
	"model" text NOT NULL,
	"position" bigint NOT NULL,
	"steps" integer DEFAULT 0 NOT NULL,
	"opening" json,
	"usage" jsonb NOT NULL,
	"cost" jsonb NOT NULL,
	"version" integer,
	"deployment" jsonb,
	"error" jsonb,
	"phase" text DEFAULT 'model' NOT NULL,
	"ending" text,
	"stop_asked" boolean DEFAULT false NOT NULL,
	"lease_owner" text,
	"lease_token" integer DEFAULT 0 NOT NULL,
	"lease_until" timestamp with time zone,
	"progress_at" timestamp with time zone DEFAULT now() NOT NULL,
	"deadline" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"started_at" timestamp with time zone,
	"ended_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "versions" (
	"app" text NOT NULL,
	"number" integer NOT NULL,
	"tree" text NOT NULL,
	"title" text NOT NULL,
	"origin" text NOT NULL,
	"turn" text,
	"restored_from" integer,
	"ending" text NOT NULL,
	"files" integer NOT NULL,
	"changed" integer NOT NULL,
	"added" integer NOT NULL,
	"removed" integer NOT NULL,
	"build" text DEFAULT 'unknown' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "versions_app_number_pk" PRIMARY KEY("app","number"),
	CONSTRAINT "versions_from_one" CHECK (number > 0)
);
--> statement-breakpoint
ALTER TABLE "blocks" ADD CONSTRAINT "blocks_turn_turns_id_fk" FOREIGN KEY ("turn") REFERENCES "public"."turns"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deployments" ADD CONSTRAINT "deployments_app_apps_id_fk" FOREIGN KEY ("app") REFERENCES "public"."apps"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "draft_files" ADD CONSTRAINT "draft_files_app_apps_id_fk" FOREIGN KEY ("app") REFERENCES "public"."apps"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "draft_files" ADD CONSTRAINT "draft_files_hash_blobs_hash_fk" FOREIGN KEY ("hash") REFERENCES "public"."blobs"("hash") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "events" ADD CONSTRAINT "events_app_apps_id_fk" FOREIGN KEY ("app") REFERENCES "public"."apps"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messages" ADD CONSTRAINT "messages_app_apps_id_fk" FOREIGN KEY ("app") REFERENCES "public"."apps"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pointers" ADD CONSTRAINT "pointers_app_apps_id_fk" FOREIGN KEY ("app") REFERENCES "public"."apps"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "slugs" ADD CONSTRAINT "slugs_app_apps_id_fk" FOREIGN KEY ("app") REFERENCES "public"."apps"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "steps" ADD CONSTRAINT "steps_turn_turns_id_fk" FOREIGN KEY ("turn") REFERENCES "public"."turns"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "streams" ADD CONSTRAINT "streams_app_apps_id_fk" FOREIGN KEY ("app") REFERENCES "public"."apps"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tool_executions" ADD CONSTRAINT "tool_executions_turn_turns_id_fk" FOREIGN KEY ("turn") REFERENCES "public"."turns"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "turns" ADD CONSTRAINT "turns_app_apps_id_fk" FOREIGN KEY ("app") REFERENCES "public"."apps"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "versions" ADD CONSTRAINT "versions_app_apps_id_fk" FOREIGN KEY ("app") REFERENCES "public"."apps"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "versions" ADD CONSTRAINT "versions_tree_trees_hash_fk" FOREIGN KEY ("tree") REFERENCES "public"."trees"("hash") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "deployments_app" ON "deployments" USING btree ("app","environment","fence");--> statement-breakpoint
CREATE UNIQUE INDEX "draft_files_no_case_twins" ON "draft_files" USING btree ("app",lower(path));--> statement-breakpoint
CREATE INDEX "messages_app" ON "messages" USING btree ("app");--> statement-breakpoint
CREATE UNIQUE INDEX "turns_one_running" ON "turns" USING btree ("app") WHERE status = 'running';--> statement-breakpoint
CREATE INDEX "turns_app" ON "turns" USING btree ("app","position");--> statement-breakpoint
CREATE INDEX "turns_open" ON "turns" USING btree ("status") WHERE status in ('queued', 'running');