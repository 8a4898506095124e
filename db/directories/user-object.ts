/**
 * `directoryUserObject` and `directoryGroupObject` of onboarding/directory-objects.ts as SQL, for changes of thousands of
 * people: what they were told with is built where their rows are. A test compares the two.
 */

const instant = (column: string) =>
  `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24":"MI":"SS.MS"Z"')`;
const text = (value: string) => `case when jsonb_typeof(${value}) = 'string' then ${value} #>> '{}' end`;

/** A row of `directory_users` under an alias as a jsonb object. */
export const userObject = (u: string) => `jsonb_build_object(
    'object', 'directory_user', 'id', ${u}.id, 'directory_id', ${u}.directory_id,
    'organization_id', ${u}.organization_id, 'idp_id', coalesce(${u}.external_id, ${u}.id), 'email', ${u}.email,
    'first_name', ${u}.first_name, 'last_name', ${u}.last_name,
    'name', coalesce(${u}.display_name, nullif(concat_ws(' ', nullif(${u}.first_name, ''), nullif(${u}.last_name, '')), '')),
    'emails', coalesce(
      (select jsonb_agg(jsonb_build_object('primary', coalesce(one -> 'primary' = 'true', false),
          'type', ${text(`one -> 'type'`)}, 'value', one -> 'value') order by place)
        from jsonb_array_elements(case when jsonb_typeof(${u}.raw -> 'emails') = 'array' then ${u}.raw -> 'emails' end)
          with ordinality as sent (one, place)
        where jsonb_typeof(one -> 'value') = 'string'),
      case when ${u}.email is null then '[]'
        else jsonb_build_array(jsonb_build_object('primary', true, 'type', 'work', 'value', ${u}.email)) end),
    'job_title', coalesce(${text(`${u}.custom_attributes -> 'job_title'`)}, ${text(`${u}.raw -> 'title'`)}),
    'username', ${u}.user_name, 'state', coalesce(${u}.state, 'inactive'),
    'custom_attributes', ${u}.custom_attributes, 'raw_attributes', '{}'::jsonb,
    'created_at', ${instant(`${u}.created_at`)}, 'updated_at', ${instant(`${u}.updated_at`)})`;

/** A row of `directory_groups` under an alias as a jsonb object. */
export const groupObject = (g: string) => `jsonb_build_object(
    'object', 'directory_group', 'id', ${g}.id, 'idp_id', coalesce(${g}.external_id, ${g}.display_name),
    'directory_id', ${g}.directory_id, 'organization_id', ${g}.organization_id, 'name', ${g}.display_name,
    'raw_attributes', '{}'::jsonb,
    'created_at', ${instant(`${g}.created_at`)}, 'updated_at', ${instant(`${g}.updated_at`)})`;
