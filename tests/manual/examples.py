# ruff: noqa: E501 -- the examples stand as they are in the manual
"""The code examples of pysnow 0.7's manual, as they are written there.

Only instance, credentials and folder differ when they run: see :func:`localized`.
"""

from __future__ import annotations

CLIENT_WITH_PASSWORD = """
s = pysnow.Client(instance='myinstance',
                  user='myusername',
                  password='mypassword')
"""

CLIENT_WITH_SESSION = """
s = requests.Session()
s.verify = False
s.auth = requests.auth.HTTPBasicAuth('myusername', 'mypassword')

sn = pysnow.Client(instance='myinstance', session=s)
"""

OAUTH_INITIAL_TOKEN = """
s = pysnow.OAuthClient(client_id='<client_id_from_servicenow>', client_secret='<client_secret_from_servicenow>', instance='<instance_name>')

if not session['token']:
    # No previous token exists. Generate new.
    session['token'] = s.generate_token('<username>', '<password>')
"""

OAUTH_USING_TOKENS = """
def updater(new_token):
    print("OAuth token refreshed!")
    session['token'] = new_token

s = pysnow.OAuthClient(client_id='<client_id_from_servicenow>', client_secret='<client_secret_from_servicenow>', token_updater=updater, instance='<instance_name>')
s.set_token(session['token'])
"""

# The manual leaves out the quote behind document.txt.
RESOURCES = """
incident = client.resource(api_path='/table/incident')
incident.parameters.display_value = True

record = incident.get(query={'number': 'INC012345'}).one()

sys_id = record['sys_id']
incident.attachments.upload(sys_id, file_path='/tmp/document.txt')

updated = incident.update(query={'sys_id': sys_id},
                          payload={
                              'short_description': 'Uh-uh',
                              'description': 'I fear I might be getting deleted.'
                          })

incident.delete(query={'sys_id': sys_id})
"""

CLIENT_PARAMETERS = """
client = pysnow.Client(instance=instance,
                       user=username,
                       password=password)

client.parameters.display_value = False
client.parameters.exclude_reference_link  = True
client.parameters.add_custom({'foo': 'bar'})
"""

RESOURCE_PARAMETERS = """
incident = client.resource(api_path='/custom/api')
incident.parameters.add_custom({'foo': 'bar'})
"""

KEY_VALUE_QUERY = """
content = incident.get(query={'NUMBER': 'INC012345'}).one()
"""

QUERY_BUILDER = """
# Set start and end range
start = datetime(1970, 1, 1)
end = datetime.now() - timedelta(days=20)

# Query incident records with number starting with 'INC0123', created between 1970-01-01 and 20 days back in time
qb = (
    pysnow.QueryBuilder()
    .field('number').starts_with('INC0123')
    .AND()
    .field('sys_created_on').between(start, end)
    .AND()
    .field('sys_updated_on').order_descending()
)

iterable_content = incident.get(query=qb).all()
"""

PASS_THROUGH_QUERY = """
# Set start and end range
start = datetime(1970, 1, 1)
end = datetime.now() - timedelta(days=20)

# Query incident records with number starting with 'INC0123', created between 1970-01-01 and 20 days back in time
iterable_content = incident.get(query='numberSTARTSWITHINC0150^sys_created_onBETWEENjavascript:gs.dateGenerate("%s")@javascript:gs.dateGenerate("%s")' % (start, end)).all()
"""

MULTIPLE_RECORDS = """
import pysnow

# Create client object
c = pysnow.Client(instance='myinstance', user='myusername', password='mypassword')

# Define a resource, here we'll use the incident table API
incident = c.resource(api_path='/table/incident')

# Query for incidents with state 1
response = incident.get(query={'state': 1})

# Iterate over the result and print out `sys_id` of the matching records.
for record in response.all():
    print(record['sys_id'])
"""

FIRST_RECORD = """
import pysnow

# Create client object
c = pysnow.Client(instance='myinstance', user='myusername', password='mypassword')

# Define a resource, here we'll use the incident table API
incident = c.resource(api_path='/table/incident')

# Query for incidents with state 3
response = incident.get(query={'state': 3})

# Print out the first match
print(response.first())
"""

FIRST_OR_NONE = """
import pysnow

# Create client object
c = pysnow.Client(instance='myinstance', user='myusername', password='mypassword')

# Define a resource, here we'll use the incident table API
incident = c.resource(api_path='/table/incident')

# Query for incidents with state 3
response = incident.get(query={'state': 3})

# Print out the first match, or `None`
print(response.first_or_none())
"""

EXACTLY_ONE = """
import pysnow

# Create client object
c = pysnow.Client(instance='myinstance', user='myusername', password='mypassword')

# Define a resource, here we'll use the incident table API
incident = c.resource(api_path='/table/incident')

# Query for incident with number INC012345
response = incident.get(query={'number': 'INC012345'})

# Print out the matching record
print(response.one())
"""

ONE_OR_NONE = """
import pysnow

# Create client object
c = pysnow.Client(instance='myinstance', user='myusername', password='mypassword')

# Create a new resource for the incident table API
incident = c.resource(api_path='/table/incident')

# Query for incident with number INC012345
response = incident.get(query={'number': 'INC012345'})

# Print out the matching record, or `None` if no matches were found.
print(response.one_or_none())
"""

CREATING = """
import pysnow

# Create client object
c = pysnow.Client(instance='myinstance', user='myusername', password='mypassword')

# Define a resource, here we'll use the incident table API
incident = c.resource(api_path='/table/incident')

# Set the payload
new_record = {
    'short_description': 'Pysnow created incident',
    'description': 'This is awesome'
}

# Create a new incident record
result = incident.create(payload=new_record)
"""

UPDATING = """
import pysnow

# Create client object
c = pysnow.Client(instance='myinstance', user='myusername', password='mypassword')

# Define a resource, here we'll use the incident table API
incident = c.resource(api_path='/table/incident')

update = {'short_description': 'New short description', 'state': 5}

# Update 'short_description' and 'state' for 'INC012345'
updated_record = incident.update(query={'number': 'INC012345'}, payload=update)

# Print out the updated record
print(updated_record)
"""

DELETING = """
import pysnow

# Create client object
c = pysnow.Client(instance='myinstance', user='myusername', password='mypassword')

# Define a resource, here we'll use the incident table API
incident = c.resource(api_path='/table/incident')

# Delete incident with number 'INC012345'
result = incident.delete(query={'number': 'INC012345'})
"""

SORTING = """
query = pysnow.QueryBuilder()
fields = '-created_at,priority'.split(',')

query.field('priority').equals(['3', '4']).AND()

for (idx, field) in enumerate(fields):
    if field[:1] == '-':
        query.field(field[1:]).order_descending()
    else:
        query.field(field).order_ascending()

    if idx != len(fields) - 1:
        query.AND()

print(str(query))  # priorityIN3,4^ORDERBYDESCcreated_at^ORDERBYpriority
"""

OAUTH_CLIENT = """
import pysnow

store = {'token': None}

# Takes care of refreshing the token storage if needed
def updater(new_token):
    print("OAuth token refreshed!")
    store['token'] = new_token

# Create the OAuthClient with the ServiceNow provided `client_id` and `client_secret`, and a `token_updater`
# function which takes care of refreshing local token storage.
s = pysnow.OAuthClient(client_id='<client_id_from_servicenow>', client_secret='<client_secret_from_servicenow>',
                       token_updater=updater, instance='<instance_name>')

if not store['token']:
    # No previous token exists. Generate new.
    store['token'] = s.generate_token('<username>', '<password>')

# Set the access / refresh tokens
s.set_token(store['token'])

# We should now be good to go. Let's define a `Resource` for the incident API.
incident_resource = s.resource(api_path='/table/incident')

# Fetch the first record in the response
record = incident_resource.get(query={}).first()

# Print it
print(record)
"""

QUERY_BUILDER_WITH_DATES = """
import pysnow
from datetime import datetime, timedelta

# Create client object
c = pysnow.Client(instance='myinstance', user='myusername', password='mypassword')

today = datetime.today()
sixty_days_ago = today - timedelta(days=60)

# Query incident records with number starting with 'INC0123', created between 60 days ago and today.
qb = (
    pysnow.QueryBuilder()
    .field('number').starts_with('INC0123')
    .AND()
    .field('sys_created_on').between(sixty_days_ago, today)
)

incident = c.resource(api_path='/table/incident')

response = incident.get(query=qb)

# Iterate over the matching records and print out number
for record in response.all():
    print(record['number'])
"""

ATTACHING_FILES = """
import pysnow

# Create client object
c = pysnow.Client(instance='myinstance', user='myusername', password='mypassword')

# Create a resource
incidents = c.resource(api_path='/table/incident')

# Uploads file '/tmp/attachment.txt' to the provided incident
incidents.attachments.upload(sys_id='9b9dd196dbc91f005ab1f58dbf96192b',
                             file_path='/tmp/attachment.txt')
"""

THREADED_QUERIES = """
import concurrent.futures
import pysnow

def just_print(client, query):
    # Run the query
    response = client.get(query=query)

    # Iterate over the result and print out `sys_id` and `state` of the matching records.
    for record in response.all():
        print(record['sys_id'], record['state'])

# Create client object
c = pysnow.Client(instance='myinstance', user='myusername', password='mypassword')

# list of simple items to query
queries = ({'api': '/table/incident', 'q': {'state': 1}}, {'api': '/table/incident', 'q': {'state': 3}})

# build taskqueue
with concurrent.futures.ThreadPoolExecutor(max_workers=4) as taskpool:
    for query in queries:
        connection = c.resource(api_path=query['api'])
        taskpool.submit(just_print, connection, query['q'])
"""

SESSION_WITH_RETRY = """
import requests
import pysnow

from requests.adapters import HTTPAdapter
from requests.packages.urllib3.util.retry import Retry

s = requests.Session()
s.auth = requests.auth.HTTPBasicAuth('<username>', '<password>')

# set auto retry for about 2 seconds on some common errors
adapter = HTTPAdapter(
    max_retries=Retry(
        total=3,
        backoff_factor=0.3,
        status_forcelist=(401, 408, 429, 431, 500, 502, 503, 504, 511)
    )
)

s.mount('https://', adapter)

sn = pysnow.Client(instance='<instance>', session=s)
"""


def localized(example: str, address: str, folder: str) -> str:
    """An example with a local instance, its administrator, and a folder of its own."""
    places = {
        "myinstance": address,
        "<instance_name>": address,
        "<instance>": address,
        "myusername": "admin",
        "<username>": "admin",
        "mypassword": "admin",
        "<password>": "admin",
        "<client_id_from_servicenow>": "sandbox",
        "<client_secret_from_servicenow>": "sandbox",
        "'/tmp/": f"'{folder}/",
    }
    for written, local in places.items():
        example = example.replace(written, local)
    return example
